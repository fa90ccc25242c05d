// SPDX-License-Identifier: Apache-2.0
// What a unit may have, and its value: the config, the keys, and the store behind them. Config and keys are
// kept, and read again when their files have changed; the store is opened for each question.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "credential/provider_protocol.h"
#include "provider/file_state.h"
#include "secret/buffer.h"
#include "store/keyring.h"
#include "vars/declared.h"

namespace vmcred::provider {

// What is to be sent.
struct Grant {
  secret::SecretBuffer value;
  std::string version;        // of the generator's files, see vars/version.h
  std::set<std::string> all;  // the credentials that the unit gets from here
};

// It has not been made yet. Somebody may be about to.
struct NotYet {
  base::Error error;
  unsigned wait_s;  // how long the config has us wait for that
};

class Vault {
 public:
  // `credentials_directory` is where systemd put the identities; "": the config names their files.
  Vault(std::string config_path, std::string credentials_directory);
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;
  ~Vault();

  // Reads what has changed. look_up() does so, too.
  void refresh();

  // Fails where the unit gets no such credential, or it can't be read.
  base::Result<std::variant<Grant, NotYet>> look_up(const credential::ProviderRequest& request);

  // One line for `systemctl status`.
  std::string status() const;

 private:
  struct Loaded;

  base::Result<const Loaded*> loaded();
  std::vector<std::string> identity_files(const config::Config& config) const;
  void refresh_identities();

  std::string m_config_path;
  std::string m_credentials_directory;
  std::vector<FileState> m_config_states;  // of the file and the folder of its pins
  std::unique_ptr<const Loaded> m_loaded;  // null where the config is wrong
  base::Error m_failure;                   // then
  std::vector<std::string> m_identity_files;
  std::vector<FileState> m_identity_states;
  std::unique_ptr<const store::Keyring> m_keyring;
};

}  // namespace vmcred::provider
