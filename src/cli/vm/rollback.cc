// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "base/utc_time.h"
#include "cli/commands.h"
#include "cli/open_config.h"
#include "cli/vars/session.h"
#include "cli/vm/commands.h"
#include "cli/vm/control.h"
#include "cli/vm/launches.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/entry.h"
#include "config/load.h"
#include "config/path.h"
#include "config/pins.h"
#include "config/unit_names.h"
#include "history/way_back.h"
#include "vars/rotate.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using command::Arguments;
using command::Streams;
using history::WayBack;

Result<WayBack> find_way_back(const Arguments& arguments, const config::Config& config,
                              const config::VirtualMachine& vm) {
  VMCRED_TRY_ASSIGN(const Launches launches, launches_of(config, vm));
  std::vector<history::Record> earlier;
  for (const auto& record : {launches.booted, launches.previous})
    if (record) earlier.push_back(*record);
  VMCRED_TRY_ASSIGN(history::Record target, history::target_of(launches.now.record, earlier));
  return history::way_back(config, vm, launches.now, std::move(target), arguments.has("--keep-secrets"));
}

// Secrets of one generator go back together, so each is looked at again before its turn.
Result<void> take_back_secrets(const Arguments& arguments, const WayBack& way, const Streams& streams) {
  if (way.secrets.empty()) return {};
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  const std::string& name = way.target.vm;
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(session->config(), name));
  for (const std::string& secret : way.secrets) {
    VMCRED_TRY_ASSIGN(const bool is_back,
                      history::has_version_of(session->config(), *vm, way.target, secret));
    if (is_back) continue;
    VMCRED_TRY_ASSIGN(const auto done, vars::rollback(session->workshop(), name, secret, vars::Preview::no));
    for (const auto& other : done.affected.vms)
      if (other.vm != name)
        command::warn(k_program_name, streams,
                      concat("vm ", base::quoted(other.vm), " uses the same: restart it, too (",
                             base::join(other.secrets, ", "), ")"));
  }
  return {};
}

// By a pin, unless that is what the file has anyway.
Result<void> take_back_entry(const config::Config& config, const WayBack& way) {
  if (!way.entry) return {};
  const std::string directory(config::directory_of(config.path));
  VMCRED_TRY_ASSIGN(const config::Entry entry, config::read_entry(config.path, way.target.vm));
  if (entry.in_file == way.target.entry) return config::remove_pin(directory, way.target.vm);
  return config::write_pin(directory, way.target.vm,
                           {.since = base::utc_now(), .replaces = entry.in_file, .entry = way.target.entry});
}

Result<void> restart(const std::string& vm, const Streams& streams) {
  VMCRED_TRY(reload_units());
  VMCRED_TRY_ASSIGN(const UnitState state, unit_state(config::vm_unit_name(vm)));
  if (state.active == "inactive")
    return command::print(streams, concat("vm ", vm, ": does not run; start it: vmcred vm start ", vm, "\n"));
  return control_vm("restart", "restarted", vm, streams);
}

std::string as_text(const WayBack& way, std::string_view verb) {
  std::string text = concat("vm ", way.target.vm, ": ", verb, " the launch of ", way.target.started, "\n");
  if (way.entry) text += "  its entry in the config, until somebody changes the entry\n";
  for (const auto& secret : way.secrets) text += concat("  secret ", secret, "\n");
  return text;
}

}  // namespace

// First the secrets, then the config, then the restart: whoever is interrupted runs it again.
Result<void> run_vm_rollback(const Arguments& arguments, const Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  VMCRED_TRY_ASSIGN(const WayBack way, find_way_back(arguments, config, *vm));
  for (const auto& sentence : way.warnings) command::warn(k_program_name, streams, sentence);
  if (arguments.has("--dry-run")) return command::print(streams, as_text(way, "would go back to"));
  VMCRED_TRY(take_back_secrets(arguments, way, streams));
  VMCRED_TRY(take_back_entry(config, way));
  VMCRED_TRY(command::print(streams, as_text(way, "goes back to")));
  return restart(vm->name, streams);
}

}  // namespace vmcred::cli
