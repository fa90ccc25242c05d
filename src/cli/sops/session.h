// SPDX-License-Identifier: Apache-2.0
// What commands on SOPS files have in common: the creation rules, and the keys of whoever calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "age/age.h"
#include "base/result.h"
#include "cli/passphrase_prompt.h"
#include "cli/plugin_ui.h"
#include "cli/sops/files.h"
#include "command/arguments.h"
#include "command/program.h"
#include "sops/creation_rules.h"
#include "sops/file.h"
#include "store/keyring.h"

namespace vmcred::cli {

// To be called before the first secret is read: secret::protect_process(), but new files get the mode that
// the user's umask gives them. Plaintext has modes of its own.
base::Result<void> protect_secrets();

// What --ignore-mac says.
sops::MacCheck mac_check(const command::Arguments& arguments);

// The config that --config, $SOPS_CONFIG or the nearest .sops.yaml is, if any. Warns of what it holds in
// vain.
base::Result<std::optional<sops::SopsConfig>> open_sops_config(const command::Arguments& arguments,
                                                               const command::Streams& streams);

unsigned indent_for(const std::optional<sops::SopsConfig>& config, sops::Format format);

// Key groups, and the views of them that sops/file.h takes. Moves; a copy's views would be wrong.
class GroupList {
 public:
  GroupList(std::vector<age::Recipients> groups, std::optional<unsigned> shamir_threshold);
  GroupList(const GroupList&) = delete;
  GroupList& operator=(const GroupList&) = delete;
  GroupList(GroupList&&) = default;
  GroupList& operator=(GroupList&&) = default;
  ~GroupList() = default;

  sops::KeyGroups view() const { return {.groups = m_views, .shamir_threshold = m_shamir_threshold}; }
  const std::vector<age::Recipients>& groups() const { return m_groups; }

 private:
  std::vector<age::Recipients> m_groups;
  std::vector<age::RecipientList> m_views;
  std::optional<unsigned> m_shamir_threshold;
};

// "age1…,age1…".
base::Result<age::Recipients> parse_recipient_list(std::string_view text);

// --shamir-secret-sharing-threshold, if given.
base::Result<std::optional<unsigned>> threshold_option(const command::Arguments& arguments);

// To whom, and how, a new file is encrypted: as the options say, else as the config does.
struct EncryptionPlan {
  GroupList keys;
  sops::EncryptOptions options;
};
base::Result<EncryptionPlan> plan_encryption(const command::Arguments& arguments, const SopsFile& file,
                                             const std::optional<sops::SopsConfig>& config);

// The identities of whoever calls.
class Keys {
 public:
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() = default;

  // Must be called first.
  base::Result<void> load();
  age::IdentityList identities() const { return m_keyring->identities(); }

  // The error, with what was wrong with sources of keys where no key was right.
  base::Error explained(base::Error error) const;

 private:
  TerminalPassphrasePrompt m_prompt;
  TerminalPluginUi m_plugin_ui;
  std::optional<store::Keyring> m_keyring;
};

// Reads and decrypts a file. Errors name it.
base::Result<sops::OpenDocument> open_sops_file(const command::Arguments& arguments, const SopsFile& file,
                                                const Keys& keys);

// Reads a file without a key; the second one where its contents are there already.
base::Result<sops::Document> read_sops_file(const SopsFile& file);
base::Result<sops::Document> parse_sops_file(const SopsFile& file, crypto::Bytes contents);

// "path" or "standard input".
std::string subject_of(const SopsFile& file);

}  // namespace vmcred::cli
