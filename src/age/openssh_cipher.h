// SPDX-License-Identifier: Apache-2.0
// The encryption of OpenSSH private keys: AES under a key that bcrypt derives from a passphrase.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

struct OpensshCipher {
  std::string_view name;     // as OpenSSH calls it
  const char* library_name;  // as libcrypto does
  std::size_t key_bytes;
};

inline constexpr std::size_t k_aes_block_bytes = 16;

// Nothing where we don't know it: ciphers with authentication, and old ones. Lives for ever.
const OpensshCipher* find_openssh_cipher(std::string_view name);

struct OpensshKdf {
  std::vector<std::byte> salt;
  std::uint32_t rounds = 0;
};

// `section` has whole blocks. Whether the passphrase was the right one shows in the result only. Fails with a
// `config` error for a derivation that can't be done.
base::Result<secret::SecretBuffer> decrypt_openssh_section(const OpensshCipher& cipher, const OpensshKdf& kdf,
                                                           crypto::Bytes passphrase, crypto::Bytes section);

}  // namespace vmcred::age
