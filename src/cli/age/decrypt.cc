// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "age/age.h"
#include "age/passphrase.h"
#include "base/text.h"
#include "cli/age/commands.h"
#include "cli/age/files.h"
#include "cli/passphrase_prompt.h"
#include "cli/plugin_ui.h"
#include "secret/process_protection.h"

namespace vmcred::cli {
namespace {

using age::Identities;
using base::Result;
using secret::SecretBuffer;

// A passphrase that is asked for only where the file has one.
class AskedPassphrase final : public age::Identity {
 public:
  AskedPassphrase(const age::PassphrasePrompt& prompt, std::string file)
      : m_prompt(prompt), m_file(std::move(file)) {}

  Result<std::optional<SecretBuffer>> unwrap(std::span<const age::Stanza> stanzas) const override {
    const bool has_one = std::any_of(stanzas.begin(), stanzas.end(), [](const age::Stanza& stanza) {
      return stanza.type == age::k_passphrase_stanza_type;
    });
    if (!has_one) return std::optional<SecretBuffer>();
    VMCRED_TRY_ASSIGN(const SecretBuffer passphrase, m_prompt.ask(m_file));
    VMCRED_TRY_ASSIGN(const auto identity, age::passphrase_identity(passphrase.bytes()));
    return identity->unwrap(stanzas);
  }

  std::string recipient() const override { return ""; }
  bool may_ask() const override { return true; }

 private:
  const age::PassphrasePrompt& m_prompt;
  std::string m_file;
};

Result<Identities> named_identities(const command::Arguments& arguments, const InputFile& input,
                                    const TerminalPassphrasePrompt& prompt, const TerminalPluginUi& ui) {
  Identities all;
  for (const auto& path : arguments.values("--identity")) {
    VMCRED_TRY_ASSIGN(const SecretBuffer file, read_key_file(path));
    VMCRED_TRY_ASSIGN(auto identities, age::parse_identities(file.bytes(), path, &prompt, &ui));
    for (auto& identity : identities) all.push_back(std::move(identity));
  }
  if (const auto path = arguments.value("--passphrase-file")) {
    VMCRED_TRY_ASSIGN(const SecretBuffer passphrase, read_passphrase_file(*path));
    VMCRED_TRY_ASSIGN(auto identity, age::passphrase_identity(passphrase.bytes()));
    all.push_back(std::move(identity));
  }
  if (arguments.has("--passphrase") || all.empty())
    all.push_back(std::make_unique<const AskedPassphrase>(prompt, input.name()));
  return all;
}

}  // namespace

Result<void> run_age_decrypt(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(check_standard_input(arguments));
  VMCRED_TRY(secret::protect_process());
  const TerminalPassphrasePrompt prompt;
  const TerminalPluginUi ui;
  VMCRED_TRY_ASSIGN(const InputFile input, InputFile::open(arguments));
  VMCRED_TRY_ASSIGN(const Identities identities, named_identities(arguments, input, prompt, ui));
  VMCRED_TRY_ASSIGN(OutputFile output,
                    OutputFile::open(arguments, streams, k_private_file_mode, OutputFile::IfExists::replace));
  auto decrypted = age::decrypt_stream({.fd = input.fd(), .subject = input.name()},
                                       {.fd = output.fd(), .subject = output.name()}, identities);
  if (!decrypted && age::failure_of(decrypted.error()) != age::Failure::none)
    return in(input.name(), std::move(decrypted));
  if (!decrypted) return decrypted;
  return output.commit();
}

}  // namespace vmcred::cli
