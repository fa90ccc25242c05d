// SPDX-License-Identifier: Apache-2.0
// X-Wing, a key encapsulation that stays secret while either of ML-KEM-768 and X25519 holds.
// Source: draft-connolly-cfrg-xwing-kem, section 5. Needs crypto::ml_kem_is_available().
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

inline constexpr std::uint16_t k_x_wing_hpke_number = 0x647a;

inline constexpr std::size_t k_x_wing_seed_bytes = 32;
inline constexpr std::size_t k_x_wing_public_bytes = 1216;
inline constexpr std::size_t k_x_wing_ciphertext_bytes = 1120;

// The public key of a private key's seed. Fails only where locked memory does.
base::Result<std::vector<std::byte>> x_wing_public(crypto::Bytes seed);

struct XWingEncapsulation {
  std::vector<std::byte> ciphertext;  // for the owner of the public key
  secret::SecretBuffer shared;
};

// Nothing where the 1216 bytes are no public key, or one whose X25519 half is a point of low order. Fails
// only where locked memory or the kernel's generator does.
base::Result<std::optional<XWingEncapsulation>> x_wing_encapsulate(crypto::Bytes public_key);

// The shared secret of a ciphertext; nothing where its X25519 half is a point of low order. One that was made
// for another key gives a secret that nobody else knows.
base::Result<std::optional<secret::SecretBuffer>> x_wing_decapsulate(crypto::Bytes seed,
                                                                     crypto::Bytes ciphertext);

}  // namespace vmcred::age
