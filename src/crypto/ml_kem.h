// SPDX-License-Identifier: Apache-2.0
// ML-KEM-768 (FIPS 203), a key encapsulation that quantum computers don't break. libcrypto has it from
// OpenSSL 3.5 on; whether this one does is asked when the program runs.
//
// The library's own object for a private key is not in locked memory: it exists while a call lasts, and the
// library wipes it.
#pragma once

#include <array>

#include "crypto/bytes.h"

namespace vmcred::crypto {

// Does the library have it? All else here ends the program where it does not. Thread-safe.
bool ml_kem_is_available();

inline constexpr std::size_t k_ml_kem_seed_bytes = 64;  // the standard's d, and its z
inline constexpr std::size_t k_ml_kem_public_bytes = 1184;
inline constexpr std::size_t k_ml_kem_ciphertext_bytes = 1088;
inline constexpr std::size_t k_ml_kem_shared_bytes = 32;
using MlKemPublicKey = std::array<std::byte, k_ml_kem_public_bytes>;

// The public key of a private key's seed.
MlKemPublicKey ml_kem_public(Bytes seed);

// A new secret into `shared` (32 bytes), and into `ciphertext` (1088 bytes) what gives it to the owner of the
// key. False where the 1184 bytes are nobody's public key.
[[nodiscard]] bool ml_kem_encapsulate(Bytes public_key, WritableBytes ciphertext, WritableBytes shared);

// The secret of a ciphertext into `shared`. One that was made for another key, or changed, gives a secret
// that nobody else knows.
void ml_kem_decapsulate(Bytes seed, Bytes ciphertext, WritableBytes shared);

}  // namespace vmcred::crypto
