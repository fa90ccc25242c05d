// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM (NIST SP 800-38D) with nonces of any length: SOPS uses 32 bytes.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_aes_gcm_tag_bytes = 16;

// One key, ready for many messages. The key schedule is wiped when it goes. One thread at a time.
class Aes256Gcm {
 public:
  // `key` must have 32 bytes. Fails only where the library does.
  static base::Result<Aes256Gcm> with_key(Bytes key);
  Aes256Gcm(Aes256Gcm&&) noexcept;
  Aes256Gcm& operator=(Aes256Gcm&&) noexcept;
  Aes256Gcm(const Aes256Gcm&) = delete;
  Aes256Gcm& operator=(const Aes256Gcm&) = delete;
  ~Aes256Gcm();

  // Encrypts into `ciphertext` (as long as the plaintext) and `tag` (16 bytes). Fails for an unusable nonce.
  base::Result<void> encrypt(Bytes nonce, Bytes associated_data, Bytes plaintext, WritableBytes ciphertext,
                             WritableBytes tag);

  // Decrypts into `plaintext` (as long as the ciphertext). False, with `plaintext` wiped, where the tag does
  // not match or the nonce is unusable (empty, or more than 128 bytes).
  [[nodiscard]] bool decrypt(Bytes nonce, Bytes associated_data, Bytes ciphertext, Bytes tag,
                             WritableBytes plaintext);

 private:
  struct State;
  explicit Aes256Gcm(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace vmcred::crypto
