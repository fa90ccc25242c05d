// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/passphrase_prompt.h"
#include "cli/plugin_ui.h"
#include "command/arguments.h"
#include "command/program.h"
#include "config/model.h"
#include "store/keyring.h"
#include "store/store.h"
#include "vars/declared.h"
#include "vars/run.h"

namespace vmcred::cli {

// What every command on vars works with: the config, what it declares, the keys of whoever calls, the store.
class Session {
 public:
  // Finishes, first of all, what a killed command may have left in the store. On failure nothing is open.
  static base::Result<std::unique_ptr<Session>> open(const command::Arguments& arguments);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  const config::Config& config() const { return m_config; }
  const vars::Declared& declared() const { return m_declared; }
  const store::Keyring& keyring() const { return *m_keyring; }
  const store::StoreSettings& settings() const { return m_settings; }
  store::Store& store() { return *m_store; }
  const store::Store& store() const { return *m_store; }
  vars::Workshop workshop() {
    return {.declared = m_declared, .store = *m_store, .vars_path = m_settings.path};
  }

  // What the store passed over, a line each.
  void print_warnings(const command::Streams& streams) const;

  // A transaction on the store; with --dry-run one that changes nothing.
  base::Result<store::Transaction> begin(const command::Arguments& arguments) const;

  // The folder that holds the store, where transactions begin.
  const std::string& root() const { return m_root; }

 private:
  explicit Session(config::Config config);

  config::Config m_config;
  vars::Declared m_declared;
  store::StoreSettings m_settings;
  std::string m_root;
  TerminalPassphrasePrompt m_prompt;
  TerminalPluginUi m_plugin_ui;
  std::unique_ptr<const store::Keyring> m_keyring;
  std::unique_ptr<store::Store> m_store;
};

// The options that Session::open() looks at.
inline constexpr command::Option k_identity_option{"--identity", "FILE",
                                                   "decrypt with the identities of this file, too", "-i"};

}  // namespace vmcred::cli
