// SPDX-License-Identifier: Apache-2.0
// OpenSSH's own file format for private keys, "BEGIN OPENSSH PRIVATE KEY". Source: OpenSSH's PROTOCOL.key.
#pragma once

#include "age/openssh_cipher.h"
#include "age/ssh_private_key.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

inline constexpr std::string_view k_openssh_begin = "-----BEGIN OPENSSH PRIVATE KEY-----";

// One key, of which the public part is known, and the secret part needs a passphrase if the key is locked.
class OpensshKey {
 public:
  // Fails with a `config` error where the file is malformed, or has a key or a cipher that we don't know.
  static base::Result<OpensshKey> parse(crypto::Bytes pem);

  const SshPublicKey& public_key() const { return m_public_key; }
  bool is_locked() const { return m_cipher != nullptr; }

  // The whole key. `passphrase` counts only where the key is locked. Fails with a `credential` error where it
  // is a wrong one, and with a `config` error where the secret part is malformed.
  base::Result<SshPrivateKey> open(crypto::Bytes passphrase) const;

 private:
  OpensshKey() = default;

  const OpensshCipher* m_cipher = nullptr;
  OpensshKdf m_kdf;
  SshPublicKey m_public_key;
  secret::SecretBuffer m_section;
};

}  // namespace vmcred::age
