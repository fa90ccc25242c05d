// SPDX-License-Identifier: Apache-2.0
#include "age/ssh.h"

#include "age/bech32.h"
#include "age/ssh_key_file.h"
#include "age/ssh_public_key.h"
#include "age/ssh_stanza.h"
#include "age/x25519_keys.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using base::Result;
using secret::SecretBuffer;

class SshRecipient : public Recipient {
 public:
  explicit SshRecipient(SshPublicKey key) : m_key(std::move(key)) {}

  Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const override {
    std::vector<Stanza> stanzas(1);
    VMCRED_TRY_ASSIGN(stanzas.front(), wrap_for_ssh_key(m_key, file_key));
    return stanzas;
  }

  std::string text() const override { return m_key.text(); }

 private:
  SshPublicKey m_key;
};

class SshIdentity : public Identity {
 public:
  explicit SshIdentity(std::unique_ptr<const SshKeyFile> file) : m_file(std::move(file)) {}

  Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    for (const Stanza& stanza : stanzas) {
      VMCRED_TRY_ASSIGN(const bool ours, is_for_ssh_key(stanza, m_file->public_key()));
      if (!ours) continue;
      VMCRED_TRY_ASSIGN(const auto* key, m_file->private_key());
      VMCRED_TRY_ASSIGN(auto file_key, unwrap_with_ssh_key(stanza, *key));
      return std::optional(std::move(file_key));
    }
    return std::optional<SecretBuffer>();
  }

  std::string recipient() const override { return m_file->public_key().text(); }
  bool may_ask() const override { return m_file->is_locked(); }

 private:
  std::unique_ptr<const SshKeyFile> m_file;
};

base::Error not_ed25519(std::string_view subject) {
  return {.kind = base::ErrorKind::config,
          .what = base::concat(subject, ": only ssh-ed25519 keys have an age key derived from them"),
          .hint = "use the rsa key as a recipient and identity of its own: 'ssh-rsa …'"};
}

}  // namespace

Result<std::unique_ptr<const Recipient>> parse_ssh_recipient(std::string_view text) {
  VMCRED_TRY_ASSIGN(auto key, parse_ssh_public_line(text));
  return std::make_unique<const SshRecipient>(std::move(key));
}

Result<std::unique_ptr<const Identity>> parse_ssh_identity(crypto::Bytes pem, std::string_view subject,
                                                           const PassphrasePrompt* prompt) {
  VMCRED_TRY_ASSIGN(auto file, SshKeyFile::parse(pem, subject, prompt));
  return std::make_unique<const SshIdentity>(std::move(file));
}

Result<std::unique_ptr<const Identity>> x25519_identity_of_ssh_key(crypto::Bytes pem,
                                                                   std::string_view subject,
                                                                   const PassphrasePrompt* prompt) {
  VMCRED_TRY_ASSIGN(const auto file, SshKeyFile::parse(pem, subject, prompt));
  if (file->public_key().type() != k_ssh_ed25519) return not_ed25519(subject);
  VMCRED_TRY_ASSIGN(const auto* key, file->private_key());
  const auto& scalar = std::get<SshEd25519PrivateKey>(key->key).scalar;
  VMCRED_TRY_ASSIGN(const auto text, encode_secret_bech32("AGE-SECRET-KEY-", scalar.bytes()));
  return parse_x25519_identity(text.bytes());
}

Result<std::unique_ptr<const Recipient>> x25519_recipient_of_ssh_key(std::string_view text) {
  VMCRED_TRY_ASSIGN(const auto key, parse_ssh_public_line(text));
  const auto* ed25519 = std::get_if<SshEd25519PublicKey>(&key.key);
  if (ed25519 == nullptr) return not_ed25519(base::quoted(text));
  return parse_x25519_recipient(encode_bech32("age", ed25519->montgomery));
}

}  // namespace vmcred::age
