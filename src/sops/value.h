// SPDX-License-Identifier: Apache-2.0
// One encrypted value: "ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]", AES-256-GCM under the data key with a
// 32-byte random nonce and the value's path as associated data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/aes_gcm.h"
#include "crypto/bytes.h"
#include "sops/tree.h"

namespace vmcred::sops {

inline constexpr std::size_t k_data_key_bytes = 32;

// The parts of an ENC[…] text.
struct EncryptedValue {
  Leaf::Type type = Leaf::Type::string;
  std::vector<std::byte> data;
  std::vector<std::byte> nonce;
  std::vector<std::byte> tag;  // 16 bytes
};

// Does the text look like one? Such a text need not be right.
bool looks_encrypted(std::string_view text);

// Strict: nothing before, between or behind the parts; canonical base64. Fails with a `decrypting_tree`
// error.
base::Result<EncryptedValue> parse_encrypted_value(std::string_view text);
std::string format_encrypted_value(const EncryptedValue& value);

// The data key, ready for many values. One thread at a time.
class ValueCipher {
 public:
  // `data_key` must have 32 bytes.
  static base::Result<ValueCipher> with_data_key(crypto::Bytes data_key);

  // An empty string or comment is "" in a file, and not for this function.
  base::Result<std::string> encrypt(Leaf::Type type, crypto::Bytes plaintext,
                                    std::string_view associated_data);

  // A leaf in the decrypted state, its plaintext canonical. Fails with `decrypting_tree` where the text was
  // changed, or comes from another place.
  base::Result<Leaf> decrypt(std::string_view ciphertext, std::string_view associated_data);

 private:
  explicit ValueCipher(crypto::Aes256Gcm cipher) : m_cipher(std::move(cipher)) {}

  crypto::Aes256Gcm m_cipher;
};

}  // namespace vmcred::sops
