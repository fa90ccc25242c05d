// SPDX-License-Identifier: Apache-2.0
// A file with an SSH private key, whichever format it has, unlocked when its key is needed first.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "age/identity.h"
#include "age/openssh_key.h"
#include "age/ssh_private_key.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::size_t k_max_ssh_key_file_bytes = 16UL * 1024;

class SshKeyFile {
 public:
  // As parse_ssh_identity() in age/ssh.h.
  static base::Result<std::unique_ptr<const SshKeyFile>> parse(crypto::Bytes pem, std::string_view subject,
                                                               const PassphrasePrompt* prompt);

  const SshPublicKey& public_key() const { return m_public_key; }

  // Was the file locked with a passphrase, so that private_key() may ask for it?
  bool is_locked() const { return m_file.has_value(); }

  // The whole key, which lives as long as this object. Asks for the passphrase where the file is locked,
  // until one was right. May be called from several threads at once.
  base::Result<const SshPrivateKey*> private_key() const;

 private:
  SshKeyFile(SshPublicKey public_key, std::string_view subject, const PassphrasePrompt* prompt);
  base::Result<SshPrivateKey> unlock() const;

  SshPublicKey m_public_key;
  std::string m_subject;
  const PassphrasePrompt* m_prompt;
  std::optional<OpensshKey> m_file;  // where it is locked
  mutable std::mutex m_mutex;
  mutable std::optional<SshPrivateKey> m_private_key;
};

}  // namespace vmcred::age
