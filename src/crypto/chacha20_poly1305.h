// SPDX-License-Identifier: Apache-2.0
// ChaCha20-Poly1305 (RFC 8439): 32-byte keys, 12-byte nonces, 16-byte tags after the ciphertext, no associated
// data.
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_chacha20_poly1305_key_bytes = 32;
inline constexpr std::size_t k_chacha20_poly1305_nonce_bytes = 12;
inline constexpr std::size_t k_chacha20_poly1305_tag_bytes = 16;

// Encrypts into `sealed`, which has room for the plaintext and the tag. May be the same memory.
void chacha20_poly1305_seal(Bytes key, Bytes nonce, Bytes plaintext, WritableBytes sealed);

// Decrypts into `plaintext` (sealed.size() - 16 bytes; may be the same memory). False, with `plaintext` wiped, where
// the tag does not match.
[[nodiscard]] bool chacha20_poly1305_open(Bytes key, Bytes nonce, Bytes sealed, WritableBytes plaintext);

}  // namespace vmcred::crypto
