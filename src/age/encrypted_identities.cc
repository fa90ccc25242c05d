// SPDX-License-Identifier: Apache-2.0
#include "age/encrypted_identities.h"

#include <mutex>
#include <optional>

#include "age/age.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using base::concat;
using secret::SecretBuffer;

class EncryptedIdentities : public Identity {
 public:
  EncryptedIdentities(crypto::Bytes file, std::string_view subject, const PassphrasePrompt* prompt,
                      const PluginUi* ui)
      : m_file(file.begin(), file.end()), m_subject(subject), m_prompt(prompt), m_ui(ui) {}

  base::Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    VMCRED_TRY(open());
    for (const auto& identity : m_identities) {
      VMCRED_TRY_ASSIGN(auto file_key, identity->unwrap(stanzas));
      if (file_key) return file_key;
    }
    return std::optional<SecretBuffer>();
  }

  std::string recipient() const override { return ""; }
  bool may_ask() const override { return true; }

 private:
  base::Result<void> open() const {
    const std::scoped_lock lock(m_mutex);
    if (!m_opened) m_opened = open_once();
    return *m_opened;
  }

  base::Result<void> open_once() const {
    VMCRED_TRY_ASSIGN(const SecretBuffer opened, open_identity_file(m_file, m_subject, m_prompt));
    VMCRED_TRY_ASSIGN(m_identities, parse_identities(opened.bytes(), m_subject, m_prompt, m_ui));
    return {};
  }

  std::vector<std::byte> m_file;
  std::string m_subject;
  const PassphrasePrompt* m_prompt;
  const PluginUi* m_ui;
  mutable std::mutex m_mutex;
  // A person is asked once: who says no, or does not know the passphrase, would be asked for each recipient.
  mutable std::optional<base::Result<void>> m_opened;
  mutable Identities m_identities;
};

}  // namespace

base::Result<SecretBuffer> open_identity_file(crypto::Bytes file, std::string_view subject,
                                              const PassphrasePrompt* prompt) {
  const std::string name = concat("identity file ", base::quoted(subject));
  if (prompt == nullptr)
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = concat(name, " is locked with a passphrase, and nobody can be asked for it"),
                       .hint = "run the command on a terminal"};
  VMCRED_TRY_ASSIGN(const SecretBuffer passphrase, prompt->ask(name));
  Identities identities;
  VMCRED_TRY_ASSIGN(auto identity, passphrase_identity(passphrase.bytes()));
  identities.push_back(std::move(identity));
  auto opened = decrypt(file, identities);
  if (!opened && failure_of(opened.error()) == Failure::no_match)
    return base::Error{
        .kind = base::ErrorKind::credential, .what = concat(name, ": wrong passphrase"), .hint = "try again"};
  if (!opened) return in(name, std::move(opened));
  return opened;
}

std::unique_ptr<const Identity> encrypted_identities(crypto::Bytes file, std::string_view subject,
                                                     const PassphrasePrompt* prompt, const PluginUi* ui) {
  return std::make_unique<const EncryptedIdentities>(file, subject, prompt, ui);
}

}  // namespace vmcred::age
