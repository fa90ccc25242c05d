// SPDX-License-Identifier: Apache-2.0
// ChaCha20-Poly1305 (RFC 8439): 32-byte keys, 12-byte nonces, 16-byte tags after the ciphertext, no
// associated data.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_chacha20_poly1305_key_bytes = 32;
inline constexpr std::size_t k_chacha20_poly1305_nonce_bytes = 12;
inline constexpr std::size_t k_chacha20_poly1305_tag_bytes = 16;

// Encrypts into `sealed`, which has room for the plaintext and the tag. May be the same memory.
void chacha20_poly1305_seal(Bytes key, Bytes nonce, Bytes plaintext, WritableBytes sealed);

// Decrypts into `plaintext` (sealed.size() - 16 bytes; may be the same memory). False, with `plaintext`
// wiped, where the tag does not match.
[[nodiscard]] bool chacha20_poly1305_open(Bytes key, Bytes nonce, Bytes sealed, WritableBytes plaintext);

// The same for many long messages under one key: more to set up than the functions above, and more than twice
// as fast then. The key is wiped when it goes. One thread at a time.
class ChaCha20Poly1305 {
 public:
  explicit ChaCha20Poly1305(Bytes key);
  ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept;
  ChaCha20Poly1305& operator=(ChaCha20Poly1305&&) noexcept;
  ChaCha20Poly1305(const ChaCha20Poly1305&) = delete;
  ChaCha20Poly1305& operator=(const ChaCha20Poly1305&) = delete;
  ~ChaCha20Poly1305();

  void seal(Bytes nonce, Bytes plaintext, WritableBytes sealed);
  [[nodiscard]] bool open(Bytes nonce, Bytes sealed, WritableBytes plaintext);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace vmcred::crypto
