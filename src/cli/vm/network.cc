// SPDX-License-Identifier: Apache-2.0
// What a VM's unit runs as root before its start and after its end, where the VM has interfaces on the host.
#include <charconv>

#include "base/process.h"
#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "config/load.h"
#include "config/unit_names.h"
#include "network/interfaces.h"
#include "network/privileges.h"
#include "runner/host/identity.h"
#include "vmm/capability.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Error;
using base::Result;

// A user that systemd made for the VM's unit alone, on hosts whose getent does not ask systemd.
std::optional<uid_t> dynamic_user(const std::string& name) {
  constexpr std::string_view k_number = "u ";  // as busctl writes an answer of type u
  const auto answer =
      base::output_of({"busctl", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                       "org.freedesktop.systemd1.Manager", "LookupDynamicUserByName", "s", name});
  if (!answer || !answer->starts_with(k_number)) return std::nullopt;
  uid_t uid = 0;
  const auto [end, failure] =
      std::from_chars(answer->data() + k_number.size(), answer->data() + answer->size(), uid);
  if (failure != std::errc() || uid == 0) return std::nullopt;
  return uid;
}

Result<uid_t> owner_of(const config::VirtualMachine& vm) {
  const auto identity = runner::find_identity(vm);
  if (identity) return identity->uid;
  if (const auto uid = dynamic_user(config::user_name(vm))) return *uid;
  return identity.error();
}

Result<void> change_network(const config::VirtualMachine& vm, bool up) {
  if (!up) {
    VMCRED_TRY(network::keep_network_privileges_only());
    return network::take_down(vm);
  }
  VMCRED_TRY_ASSIGN(const uid_t owner, owner_of(vm));
  VMCRED_TRY(network::keep_network_privileges_only());
  return network::bring_up(vm, vmm::queue_pairs(vm), owner);
}

}  // namespace

Result<void> run_vm_network(const command::Arguments& arguments, const command::Streams&) {
  const bool up = arguments.has("--up");
  if (up == arguments.has("--down"))
    return Error{.kind = base::ErrorKind::usage, .what = "'vm network' takes one of --up and --down"};
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  if (auto changed = change_network(*vm, up); !changed)
    return in(concat("vm ", base::quoted(vm->name)), std::move(changed));
  return {};
}

}  // namespace vmcred::cli
