// SPDX-License-Identifier: Apache-2.0
#include "age/ssh_key_file.h"

#include "base/text.h"
#include "crypto/rsa_pem.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::ErrorKind;
using base::Result;

bool holds(crypto::Bytes pem, std::string_view words) {
  return std::string_view(reinterpret_cast<const char*>(pem.data()), pem.size()).find(words) !=
         std::string_view::npos;
}

// How PEM says that it is encrypted, in its old form and in its newer one.
bool is_locked_pem(crypto::Bytes pem) {
  return holds(pem, "Proc-Type: 4,ENCRYPTED") || holds(pem, "BEGIN ENCRYPTED PRIVATE KEY");
}

Result<SshPrivateKey> parse_pem(crypto::Bytes pem, std::string_view subject) {
  if (is_locked_pem(pem))
    return base::Error{.kind = ErrorKind::config,
                       .what = "the key is in an old format, and encrypted",
                       .hint = concat("convert it: ssh-keygen -p -f ", subject)};
  VMCRED_TRY_ASSIGN(auto key, crypto::rsa_private_key_of_pem(pem));
  VMCRED_TRY_ASSIGN(auto public_key, ssh_public_key_of(key.public_key));
  return SshPrivateKey{.public_key = std::move(public_key), .key = std::move(key)};
}

}  // namespace

SshKeyFile::SshKeyFile(SshPublicKey public_key, std::string_view subject, const PassphrasePrompt* prompt)
    : m_public_key(std::move(public_key)), m_subject(subject), m_prompt(prompt) {}

Result<std::unique_ptr<const SshKeyFile>> SshKeyFile::parse(crypto::Bytes pem, std::string_view subject,
                                                            const PassphrasePrompt* prompt) {
  if (pem.size() > k_max_ssh_key_file_bytes)
    return base::Error{
        .kind = ErrorKind::config,
        .what = concat("larger than an ssh key may be (", base::byte_count(k_max_ssh_key_file_bytes), ")")}
        .in(subject);
  const auto open_file = [&](SshPrivateKey key) {
    std::unique_ptr<SshKeyFile> file(new SshKeyFile(key.public_key, subject, prompt));
    file->m_private_key = std::move(key);
    return file;
  };
  if (!holds(pem, k_openssh_begin)) {
    auto key = parse_pem(pem, subject);
    if (!key) return base::in(subject, std::move(key));
    return open_file(*std::move(key));
  }
  auto file = OpensshKey::parse(pem);
  if (!file) return base::in(subject, std::move(file));
  if (!file->is_locked()) {
    auto key = file->open({});
    if (!key) return base::in(subject, std::move(key));
    return open_file(*std::move(key));
  }
  std::unique_ptr<SshKeyFile> locked(new SshKeyFile(file->public_key(), subject, prompt));
  locked->m_file = *std::move(file);
  return locked;
}

Result<SshPrivateKey> SshKeyFile::unlock() const {
  if (m_prompt == nullptr)
    return base::Error{.kind = ErrorKind::credential,
                       .what = "the ssh key is locked with a passphrase, and nobody can be asked for it",
                       .hint = "run the command on a terminal, or remove the passphrase: ssh-keygen -p"};
  VMCRED_TRY_ASSIGN(const auto passphrase, m_prompt->ask(concat("ssh key '", m_subject, "'")));
  return m_file->open(passphrase.bytes());
}

Result<const SshPrivateKey*> SshKeyFile::private_key() const {
  const std::lock_guard lock(m_mutex);
  if (!m_private_key) {
    auto key = unlock();
    if (!key) return base::in(m_subject, std::move(key));
    m_private_key = *std::move(key);
  }
  return &*m_private_key;
}

}  // namespace vmcred::age
