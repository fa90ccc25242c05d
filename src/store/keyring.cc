// SPDX-License-Identifier: Apache-2.0
#include "store/keyring.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

#include "age/ssh.h"
#include "base/text.h"
#include "store/key_json.h"
#include "store/key_sources.h"

namespace vmcred::store {
namespace {

using base::concat;
using secret::SecretBuffer;
using Source = base::Result<std::optional<SecretBuffer>>;

}  // namespace

// Collects identities; what goes wrong is remembered with its source's name.
class Keyring::Loader {
 public:
  Loader(Keyring& keyring, const age::PassphrasePrompt* prompt, const age::PluginUi* ui)
      : m_keyring(keyring), m_prompt(prompt), m_ui(ui) {}

  // One that must be right.
  base::Result<void> add_required(const std::string& path) {
    VMCRED_TRY_ASSIGN(const auto file, read_key_file(path));
    if (!file)
      return base::errno_error(path, ENOENT)
          .with_hint("'vmcred age keygen -o FILE' makes an identity; -i and store.identity name its file");
    return add(*file, path);
  }

  void add_file(const std::string& path) {
    if (!path.empty()) add_source(path, read_key_file(path), MayBeAbsent::yes);
  }

  // A file for a service.
  void add_quiet_file(const std::string& path) {
    add_source(path, read_key_file(path), MayBeAbsent::no);
    const auto left_out =
        std::erase_if(m_keyring.m_identities, [](const auto& each) { return each->may_ask(); });
    if (left_out > 0)
      m_keyring.m_problems.push_back(
          concat(path, ": an identity with a passphrase or a plugin is not for a service"));
  }

  // A file that a variable names.
  void add_file_of(const char* name) {
    if (const std::string path = variable(name); !path.empty())
      add_source(concat("$", name, " (", path, ")"), read_key_file(path), MayBeAbsent::no);
  }

  void add_variable(const char* name) {
    Source keys = take_variable(name);
    if (keys && *keys) put_on_lines(**keys);
    add_source(concat("$", name), std::move(keys), MayBeAbsent::yes);
  }

  void add_command_of(const char* name) {
    const std::string command = variable(name);
    if (command.empty()) return;
    auto output = output_of_key_command(command);
    if (output) put_on_lines(*output);
    add_source(concat("$", name),
               output ? Source(std::optional(*std::move(output))) : Source(std::move(output).error()),
               MayBeAbsent::no);
  }

 private:
  enum class MayBeAbsent { no, yes };

  void add_source(const std::string& subject, Source source, MayBeAbsent may_be_absent) {
    if (!source) return remember(subject, source.error());
    if (!*source) {
      if (may_be_absent == MayBeAbsent::no)
        remember(subject, {.kind = base::ErrorKind::io, .what = "no such file"});
      return;
    }
    if (const auto added = add(**source, subject); !added) remember(subject, added.error());
  }

  base::Result<void> add(const SecretBuffer& file, const std::string& subject) {
    VMCRED_TRY_ASSIGN(auto identities, age::parse_identities(file.bytes(), subject, m_prompt, m_ui));
    for (const auto& identity : identities) {
      std::string recipient = identity->recipient();
      if (recipient.starts_with("ssh-ed25519 ")) add_derived(file, subject, *identity);
      auto& known = m_keyring.m_age_recipients;
      if (recipient.starts_with("age1") && std::ranges::find(known, recipient) == known.end())
        known.push_back(std::move(recipient));
    }
    std::ranges::move(identities, std::back_inserter(m_keyring.m_identities));
    return {};
  }

  // Machines and people are often listed by what ssh-to-age makes of their SSH keys. A locked key would have
  // to be unlocked for it now, whether it is needed or not: those are left out.
  void add_derived(const SecretBuffer& file, const std::string& subject, const age::Identity& ssh) {
    if (ssh.may_ask()) return;
    auto derived = age::x25519_identity_of_ssh_key(file.bytes(), subject, nullptr);
    if (derived) m_keyring.m_identities.push_back(*std::move(derived));
  }

  // The subject is not repeated where the sentence begins with it.
  void remember(const std::string& subject, const base::Error& error) {
    m_keyring.m_problems.push_back(error.what.starts_with(subject) ? error.what
                                                                   : concat(subject, ": ", error.what));
  }

  Keyring& m_keyring;
  const age::PassphrasePrompt* m_prompt;
  const age::PluginUi* m_ui;
};

base::Result<Keyring> Keyring::load(const std::vector<std::string>& identity_files,
                                    const age::PassphrasePrompt* prompt, const age::PluginUi* ui) {
  Keyring keyring;
  Loader loader(keyring, prompt, ui);
  // First of all, and whatever happens: out of the environment.
  loader.add_variable("SOPS_AGE_KEY");
  loader.add_variable("AGE_KEY");
  for (const auto& path : identity_files) VMCRED_TRY(loader.add_required(path));
  loader.add_file_of("SOPS_AGE_KEY_FILE");
  loader.add_file_of("AGE_KEYFILE");
  loader.add_command_of("SOPS_AGE_KEY_CMD");
  loader.add_file(in_config_home("sops/age/keys.txt"));
  loader.add_file(in_home(".config/age/identities"));
  loader.add_file(in_home(".age/key.txt"));
  loader.add_file_of("SOPS_AGE_SSH_PRIVATE_KEY_FILE");
  loader.add_command_of("SOPS_AGE_SSH_PRIVATE_KEY_CMD");
  loader.add_file(in_home(".ssh/id_ed25519"));
  loader.add_file(in_home(".ssh/id_rsa"));
  return keyring;
}

Keyring Keyring::of_files(const std::vector<std::string>& identity_files) {
  Keyring keyring;
  Loader loader(keyring, nullptr, nullptr);
  for (const auto& path : identity_files) loader.add_quiet_file(path);
  return keyring;
}

std::vector<std::string> Keyring::recipients() const {
  std::vector<std::string> texts;
  for (const auto& identity : m_identities) {
    std::string text = without_comment(identity->recipient());
    if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace vmcred::store
