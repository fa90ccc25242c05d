// SPDX-License-Identifier: Apache-2.0
#include "unit/provider_units.h"

#include "config/unit_names.h"
#include "unit/head.h"
#include "unit/hidden_paths.h"
#include "unit/sandbox.h"

namespace vmcred::unit {
namespace {

using base::Result;
using systemd::command_word;
using systemd::list_word;
using systemd::UnitText;

// Longer than its guard refuses those who still wait when the provider itself is gone (provider/guard.h):
// until then nobody may kill it.
constexpr unsigned k_stop_s = 30;

Result<void> add_identities(const config::Config& config, UnitText& text) {
  for (std::size_t i = 0; i < config.store.identities.size(); ++i) {
    VMCRED_TRY_ASSIGN(const std::string path, systemd::line_value(config.store.identities[i]));
    if (i == 0) text.comment("store.identity");
    text.set("LoadCredential", config::k_identity_credential_prefix, i, ":", path);
  }
  if (config.host.identity_encrypted.empty()) return {};
  VMCRED_TRY_ASSIGN(const std::string path, systemd::line_value(config.host.identity_encrypted));
  text.comment("host.identity_encrypted");
  text.set("LoadCredentialEncrypted", config::k_host_identity_credential, ":", path);
  return {};
}

// ProtectProc= is left out: it must see to which unit the process belongs that asks.
void add_walls(UnitText& text) {
  text.comment("always");
  text.set("PrivateDevices", "yes");
  text.set("PrivateNetwork", "yes");
  text.set("RestrictAddressFamilies", "AF_UNIX");
  text.set("ProcSubset", "pid");
  text.set("MemoryDenyWriteExecute", "yes");
  text.set("MemorySwapMax", "0");
  text.add(k_common_sandbox);
}

}  // namespace

Result<std::string> provider_socket(const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head("Secrets from the store for microVMs, socket", surroundings, text));
  text.section("Socket");
  text.set("ListenStream", config::k_provider_socket_path);
  text.comment("for PID 1 alone, which asks on behalf of units");
  text.set("SocketMode", "0600");
  text.set("DirectoryMode", "0755");
  text.set("RemoveOnStop", "yes");
  return std::move(text).take();
}

Result<std::string> provider_service(const config::Config& config, const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head("Secrets from the store for microVMs", surroundings, text));
  text.comment("store.path");
  text.set("RequiresMountsFor", list_word(surroundings.config), " ", list_word(config.store.path));
  text.set("Requires", config::k_provider_socket_unit);
  text.set("After", config::k_provider_socket_unit);
  text.section("Service");
  text.set("Type", "notify");
  text.set("ExecStart", command_word(surroundings.programs.provider), " --config ",
           command_word(surroundings.config));
  text.set("TimeoutStopSec", k_stop_s);
  text.set("Restart", "on-failure");
  text.set("User", "vmcred-provider");
  text.set("DynamicUser", "yes");
  text.comment("why it last refused a unit: one file for each, with names, never a value");
  text.set("RuntimeDirectory", "vmcred-provider");
  text.set("RuntimeDirectoryMode", "0755");
  VMCRED_TRY(add_identities(config, text));
  VMCRED_TRY(add_hidden_paths({{surroundings.config, config.store.path}, {pins_of(surroundings)}, {}}, text));
  add_walls(text);
  return std::move(text).take();
}

}  // namespace vmcred::unit
