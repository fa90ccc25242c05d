// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/session.h"

#include <unistd.h>
#include <cerrno>

#include "cli/commands.h"
#include "cli/open_config.h"
#include "command/output.h"
#include "secret/process_protection.h"
#include "vars/stored_secret.h"

namespace vmcred::cli {
namespace {

using base::Result;

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The files of the command line must be right. Those of the config are often root's alone: whoever can't read
// them has keys elsewhere.
std::vector<std::string> identity_files(const config::Config& config, const command::Arguments& arguments) {
  std::vector<std::string> files = arguments.values(k_identity_option.name);
  for (const auto& file : config.store.identities)
    if (::access(file.c_str(), R_OK) == 0 || errno != EACCES) files.push_back(file);
  return files;
}

}  // namespace

Session::Session(config::Config config)
    : m_config(std::move(config)),
      m_declared(m_config),
      m_settings(vars::store_settings(m_config.store)),
      m_root(parent_of(m_settings.path)) {}

Result<std::unique_ptr<Session>> Session::open(const command::Arguments& arguments) {
  VMCRED_TRY(secret::protect_process());
  VMCRED_TRY_ASSIGN(config::Config config, open_config(arguments));
  std::unique_ptr<Session> session(new Session(std::move(config)));
  VMCRED_TRY_ASSIGN(store::Keyring keyring, store::Keyring::load(identity_files(session->m_config, arguments),
                                                                 &session->m_prompt, &session->m_plugin_ui));
  session->m_keyring = std::make_unique<const store::Keyring>(std::move(keyring));
  // It may start git: not before the keys are out of the environment.
  VMCRED_TRY(store::recover(session->m_root));
  VMCRED_TRY_ASSIGN(session->m_store, store::open_store(session->m_settings, *session->m_keyring));
  return session;
}

Result<store::Transaction> Session::begin(const command::Arguments& arguments) const {
  return arguments.has("--dry-run") ? store::Transaction::preview(m_root) : store::Transaction::begin(m_root);
}

void Session::print_warnings(const command::Streams& streams) const {
  for (const auto& warning : m_store->warnings()) command::warn(k_program_name, streams, warning);
}

}  // namespace vmcred::cli
