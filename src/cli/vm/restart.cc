// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <thread>

#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/control.h"
#include "cli/vm/launches.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using command::Arguments;
using command::Streams;

// What changes while a VM restarts is seen at the next look; whatever changes all the time is left at that.
constexpr int k_most_restarts = 3;

// Once nothing is on its way: what starts just now may have begun before the change. The unit's own timeouts
// bound it.
Result<UnitState> settled_state(const std::string& unit) {
  for (;;) {
    VMCRED_TRY_ASSIGN(UnitState state, unit_state(unit));
    if (state.active != "activating" && state.active != "deactivating") return state;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

Result<void> restart_if_outdated(const Arguments& arguments, const std::string& name,
                                 const Streams& streams) {
  const std::string unit = config::vm_unit_name(name);
  VMCRED_TRY_ASSIGN(const auto lock, lock_launches(name));
  for (int restarts = 0;; ++restarts) {
    VMCRED_TRY_ASSIGN(const UnitState state, settled_state(unit));
    if (state.active != "active") return command::print(streams, concat("vm ", name, ": does not run\n"));
    VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, name));
    VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, name));
    VMCRED_TRY_ASSIGN(const Launches launches, launches_of(config, *vm));
    const auto outdated = outdated_by(launches, state.invocation);
    if (!outdated)
      return command::print(
          streams, concat("vm ", name, ": nobody noted what it was started with; 'vmcred vm restart ", name,
                          "' restarts it all the same\n"));
    if (outdated->empty()) return command::print(streams, concat("vm ", name, ": is current\n"));
    if (restarts == k_most_restarts)
      return base::Error{.kind = base::ErrorKind::vmm,
                         .what = concat("vm ", base::quoted(name), " is outdated again after each of ",
                                        restarts, " restarts: ", history::sentence(*outdated)),
                         .hint = "find out what changes it all the time, and stop that first"};
    command::print_note(streams, concat("vm ", name, ": outdated: ", history::sentence(*outdated), "\n"));
    // Of a pin that came or went systemd knows nothing.
    if (state.needs_reload || outdated->entry_unknown || !outdated->keys.empty()) VMCRED_TRY(reload_units());
    VMCRED_TRY(control_vm("restart", "restarted", config, name, streams));
  }
}

Result<std::vector<std::string>> names_of(const Arguments& arguments) {
  std::vector<std::string> names(arguments.operands().begin(), arguments.operands().end());
  if (!names.empty()) return names;
  if (!arguments.has("--outdated"))
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "name the VMs to restart",
                       .hint = "--outdated restarts all that run with something that has changed"};
  VMCRED_TRY_ASSIGN(const config::UnitConfig loaded, open_unit_config(arguments));
  for (const auto& vm : loaded.config.vms) names.push_back(vm.name);
  for (const auto& vm : loaded.broken) names.push_back(vm.name);
  return names;
}

Result<void> restart_one(const Arguments& arguments, const std::string& name, const Streams& streams) {
  if (arguments.has("--outdated")) return restart_if_outdated(arguments, name, streams);
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, name));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, name));
  return control_vm("restart", "restarted", config, vm->name, streams);
}

}  // namespace

Result<void> run_vm_restart(const Arguments& arguments, const Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto names, names_of(arguments));
  std::vector<base::Error> errors;
  for (const std::string& name : names)
    if (auto restarted = restart_one(arguments, name, streams); !restarted)
      errors.push_back(std::move(restarted).error());
  if (errors.empty()) return {};
  return base::first_with_others(std::move(errors));
}

}  // namespace vmcred::cli
