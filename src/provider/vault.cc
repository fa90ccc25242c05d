// SPDX-License-Identifier: Apache-2.0
#include "provider/vault.h"

#include <fcntl.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "config/path.h"
#include "config/pins.h"
#include "config/unit_names.h"
#include "credential/credential.h"
#include "store/folder.h"
#include "store/store.h"
#include "vars/stored_secret.h"
#include "vars/version.h"

namespace vmcred::provider {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using config::Secret;
using config::VirtualMachine;
using credential::ProviderRequest;

Error refused(std::string what, std::string hint = {}) {
  return {.kind = ErrorKind::refused, .what = std::move(what), .hint = std::move(hint)};
}

Result<const VirtualMachine*> vm_of(const config::UnitConfig& loaded, const std::string& unit) {
  const auto name = config::vm_of_unit(unit);
  if (!name) return refused(concat(unit, " is no VM's unit"));
  const auto broken = std::ranges::find(loaded.broken, *name, &config::BrokenVm::name);
  if (broken != loaded.broken.end()) return broken->error;
  const auto vm = std::ranges::find(loaded.config.vms, *name, &VirtualMachine::name);
  if (vm == loaded.config.vms.end())
    return refused(concat("no vm ", quoted(*name), " in ", loaded.config.path));
  return &*vm;
}

Result<const Secret*> secret_of(const VirtualMachine& vm, const std::string& id) {
  for (const Secret& secret : vm.secrets)
    if (secret.name.host_credential().text() == id && config::is_provided(vm, secret)) return &secret;
  return refused(concat("vm ", quoted(vm.name), " gets no credential ", quoted(id), " from the provider"),
                 "'systemctl daemon-reload' makes the units from the config anew");
}

std::set<std::string> credentials_of(const VirtualMachine& vm) {
  std::set<std::string> names;
  for (const Secret& secret : vm.secrets)
    if (config::is_provided(vm, secret)) names.insert(secret.name.host_credential().text());
  return names;
}

Result<void> check_size(const Secret& secret, std::size_t size) {
  if (size == 0 && !secret.allow_empty)
    return Error{
        .kind = ErrorKind::credential,
        .what = "its value in the store is empty",
        .hint = concat("make it again, or set 'allow_empty = true' in [vms.…] secrets.", secret.name.text())};
  const std::size_t total = size + secret.name.host_credential().text().size();
  if (total > credential::k_max_total_bytes)
    return Error{.kind = ErrorKind::credential,
                 .what = concat("it has ", base::byte_count(size), ", more than systemd takes")};
  return {};
}

Error no_identity(const store::Keyring& keyring) {
  return {.kind = ErrorKind::credential,
          .what = concat("no identity to decrypt with", keyring.problems().empty() ? "" : ": ",
                         base::join(keyring.problems(), "; ")),
          .hint = "name one as store.identity or host.identity_encrypted in the config"};
}

// Where the whole store is gone, the advice to make its secrets anew would be a bad one.
Error not_stored(const VirtualMachine& vm, const vars::DeclaredVar& var, const std::string& store) {
  Error error = vars::not_stored(vm, var);
  if (base::path_exists(store)) return error;
  error.what += concat(", and there is no ", store);
  error.hint = concat("restore or mount it; where there never was one, ", error.hint);
  return error;
}

// The store's own errors don't know who may read what.
Error unreadable(Error error, const std::string& store) {
  if (!error.what.ends_with(base::errno_text(EACCES))) return error;
  return std::move(error).with_hint(
      concat("its files are encrypted and must be readable for this service: chmod -R a+rX ", store));
}

}  // namespace

struct Vault::Loaded {
  explicit Loaded(config::UnitConfig read)
      : config(std::move(read)),
        declared(config.config),
        settings(vars::store_settings(config.config.store)) {}

  config::UnitConfig config;
  vars::Declared declared;
  store::StoreSettings settings;
};

Vault::Vault(std::string config_path, std::string credentials_directory)
    : m_config_path(std::move(config_path)),
      m_credentials_directory(std::move(credentials_directory)),
      m_failure(refused("the config has not been read yet")) {
  refresh();
}

Vault::~Vault() = default;

void Vault::refresh() {
  // Looked at first: what changes while it is read is read again the next time.
  auto states = states_of({m_config_path, config::pins_directory(config::directory_of(m_config_path))});
  if (m_loaded == nullptr || states != m_config_states) {
    m_config_states = std::move(states);
    m_loaded.reset();
    auto read = config::load_for_units(m_config_path);
    if (read) {
      m_loaded = std::make_unique<const Loaded>(*std::move(read));
      // Which there are changes with the config alone: systemd makes a credentials directory once.
      m_identity_files = identity_files(m_loaded->config.config);
      m_keyring.reset();
    } else {
      m_failure = std::move(read).error();
    }
  }
  refresh_identities();
}

void Vault::refresh_identities() {
  if (m_loaded == nullptr) return;
  auto states = states_of(m_identity_files);
  if (m_keyring != nullptr && states == m_identity_states) return;
  m_keyring = std::make_unique<const store::Keyring>(store::Keyring::of_files(m_identity_files));
  m_identity_states = std::move(states);
}

std::vector<std::string> Vault::identity_files(const config::Config& config) const {
  if (m_credentials_directory.empty()) return config.store.identities;
  std::vector<std::string> files;
  const auto folder = base::open_file(m_credentials_directory, O_RDONLY | O_DIRECTORY);
  const auto names = folder ? base::file_names(folder->get(), m_credentials_directory)
                            : Result<std::vector<std::string>>(folder.error());
  if (names)
    for (const auto& name : *names)
      if (name.starts_with(config::k_identity_credential_prefix))
        files.push_back(concat(m_credentials_directory, "/", name));
  return files;
}

Result<const Vault::Loaded*> Vault::loaded() {
  refresh();
  if (m_loaded == nullptr) return m_failure;
  return m_loaded.get();
}

Result<std::variant<Grant, NotYet>> Vault::look_up(const ProviderRequest& request) {
  VMCRED_TRY_ASSIGN(const Loaded* now, loaded());
  const config::Config& config = now->config.config;
  VMCRED_TRY_ASSIGN(const VirtualMachine* vm, vm_of(now->config, request.unit));
  VMCRED_TRY_ASSIGN(const Secret* secret, secret_of(*vm, request.id.text()));
  const auto var = now->declared.var_of(*vm, *secret);
  if (!var) return refused(concat("secret ", quoted(secret->name.text()), " is not in the store's config"));
  if (m_keyring->identities().empty()) return no_identity(*m_keyring);
  std::string version;
  const auto find = [&]() -> Result<std::optional<secret::SecretBuffer>> {
    VMCRED_TRY_ASSIGN(const auto store, store::open_store(now->settings, *m_keyring));
    const vars::Versions versions(now->settings.path);
    VMCRED_TRY_ASSIGN(version, versions.version_of(var->generator->id));
    return vars::find_stored(*store, *var);
  };
  auto value = find();
  if (!value) return unreadable(std::move(value).error(), now->settings.path);
  if (!*value)
    return std::variant<Grant, NotYet>(
        NotYet{.error = not_stored(*vm, *var, now->settings.path), .wait_s = config.host.wait_for_secrets_s});
  VMCRED_TRY(check_size(*secret, (*value)->size()));
  return std::variant<Grant, NotYet>(
      Grant{.value = **std::move(value), .version = std::move(version), .all = credentials_of(*vm)});
}

std::string Vault::status() const {
  if (m_loaded == nullptr) return concat("refuses all: ", m_failure.what);
  const auto& [config, broken] = m_loaded->config;
  const std::string vms = base::counted(config.vms.size(), "VM");
  if (m_keyring->identities().empty()) return concat("no identity to decrypt with, for ", vms);
  return concat("serves ", vms, broken.empty() ? "" : concat(", refuses ", broken.size(), " with errors"));
}

}  // namespace vmcred::provider
