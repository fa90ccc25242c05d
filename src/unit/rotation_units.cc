// SPDX-License-Identifier: Apache-2.0
#include "unit/rotation_units.h"

#include "base/text.h"
#include "config/unit_names.h"
#include "unit/head.h"
#include "unit/sandbox.h"

namespace vmcred::unit {
namespace {

using base::concat;
using base::Result;
using config::Secret;
using config::VirtualMachine;
using systemd::command_word;
using systemd::UnitText;

std::string description(const VirtualMachine& vm, const Secret& secret) {
  return concat("New value for secret ", secret.name.text(), " of microVM ", vm.name);
}

// Its encrypted files follow the store's values only once they are made anew, so that comes before the
// restart.
void add_commands(const VirtualMachine& vm, const Secret& secret, const Surroundings& surroundings,
                  std::string_view identity, UnitText& text) {
  const std::string program = command_word(surroundings.programs.vmcred);
  const std::string options = concat(" --config ", command_word(surroundings.config), identity);
  const bool encrypted = vm.deliver == config::Delivery::encrypted;
  const bool restart = vm.restart_if_changed != config::RestartIfChanged::never;
  text.comment("restart_if_changed, deliver");
  text.set("ExecStart", program, " vars rotate ", vm.name, " ", secret.name.text(), options,
           restart && !encrypted ? " --restart" : "");
  if (!encrypted) return;
  text.set("ExecStart", program, " vars encrypt-for-host ", vm.name, options);
  if (restart)
    text.set("ExecStart", command_word(surroundings.programs.systemctl), " try-restart ",
             config::vm_unit_name(vm.name));
}

}  // namespace

Result<std::string> rotation_timer(const VirtualMachine& vm, const Secret& secret,
                                   const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head(concat(description(vm, secret), ", timer"), surroundings, text));
  text.section("Timer");
  text.comment("secrets.", secret.name.text(), ".rotate");
  text.set("OnCalendar", secret.rotate);
  text.comment("what a host missed while it was off, it makes up for");
  text.set("Persistent", "yes");
  return std::move(text).take();
}

Result<std::string> rotation_service(const VirtualMachine& vm, const Secret& secret,
                                     const config::Config& config, const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head(description(vm, secret), surroundings, text));
  text.comment("store.path");
  text.set("RequiresMountsFor", systemd::list_word(surroundings.config), " ",
           systemd::list_word(config.store.path));
  text.section("Service");
  text.set("Type", "oneshot");
  std::string identity;
  if (!config.host.identity_encrypted.empty()) {
    VMCRED_TRY_ASSIGN(const std::string path, systemd::line_value(config.host.identity_encrypted));
    text.comment("host.identity_encrypted");
    text.set("LoadCredentialEncrypted", config::k_host_identity_credential, ":", path);
    identity = concat(" --identity %d/", config::k_host_identity_credential);
  }
  add_commands(vm, secret, surroundings, identity, text);
  text.comment("with root's home, where its keys and git's settings are");
  text.set("User", "root");
  text.comment("who commits, unless root's git knows");
  text.set("Environment", "EMAIL=root@%H");
  text.comment("the store is for the provider to read, too, which is another user");
  text.set("UMask", "0022");
  text.add(k_root_sandbox);
  return std::move(text).take();
}

}  // namespace vmcred::unit
