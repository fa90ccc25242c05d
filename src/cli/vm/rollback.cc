// SPDX-License-Identifier: Apache-2.0
// First all that can be checked is checked, then the target is noted, then the config, the secrets, the
// restart: whoever is interrupted runs it again, and goes on to the same target.
#include <algorithm>

#include "base/file.h"
#include "base/process.h"
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
#include "history/digest_key.h"
#include "history/places.h"
#include "history/way_back.h"
#include "vars/rotate.h"
#include "vmm/check.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using command::Arguments;
using command::Streams;
using history::Record;
using history::WayBack;

struct Plan {
  Record target;
  config::Config config;  // as it will be
  config::Entry entry;    // as it is
  WayBack way;
};

// Where somebody is on the way to already, or the last launch that was another.
Result<Record> find_target(const Launches& launches, const history::Archive& archive, const std::string& vm) {
  VMCRED_TRY_ASSIGN(auto target, archive.target(vm));
  if (target) return *std::move(target);
  std::vector<Record> earlier;
  for (const auto& record : {launches.booted, launches.previous})
    if (record) earlier.push_back(*record);
  return history::target_of(launches.now.record, earlier);
}

// The config with the target's entry; refused where that breaks this VM or another.
Result<config::Config> config_with(const Record& target, const std::string& path) {
  VMCRED_TRY_ASSIGN(const auto before, config::load_for_units(path, vmm::check_vm));
  VMCRED_TRY_ASSIGN(auto after, config::load_with_entry(path, target.vm, target.entry, vmm::check_vm));
  for (const config::BrokenVm& vm : after.broken) {
    const bool was_broken =
        std::ranges::find(before.broken, vm.name, &config::BrokenVm::name) != before.broken.end();
    if (was_broken && vm.name != target.vm) continue;
    base::Error error = vm.error;
    return std::move(error)
        .in(concat("the launch of ", target.started, " does not fit the rest of the config: vm ",
                   base::quoted(vm.name)))
        .with_hint(concat("change the config's own entry instead; 'vmcred vm show ", target.vm,
                          "' prints that of then with --booted or --previous"));
  }
  return std::move(after.config);
}

Result<Plan> make_plan(const Arguments& arguments, const config::Config& config,
                       const config::VirtualMachine& vm) {
  const history::Places places;
  VMCRED_TRY_ASSIGN(const Launches launches, launches_of(config, vm));
  Plan plan;
  VMCRED_TRY_ASSIGN(plan.target, find_target(launches, history::Archive(places.records), vm.name));
  VMCRED_TRY_ASSIGN(plan.config, config_with(plan.target, config.path));
  VMCRED_TRY_ASSIGN(plan.entry, config::read_entry(config.path, vm.name));
  if (arguments.has("--keep-secrets")) return plan;
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm_of_then, config::find_vm(plan.config, vm.name));
  VMCRED_TRY_ASSIGN(const auto key, history::DigestKey::open(places.key));
  const auto there = history::launch_now(plan.config, *vm_of_then, key, plan.target.entry);
  VMCRED_TRY_ASSIGN(plan.way, history::way_back(plan.config, *vm_of_then, there, plan.target));
  return plan;
}

// What is read for the VM from now on: without a pin, if that is what the file has.
Result<void> pin(const Plan& plan, const std::string& entry) {
  const std::string directory(config::directory_of(plan.config.path));
  if (entry == plan.entry.in_file) return config::remove_pin(directory, plan.target.vm);
  // A provider that has a view of its own of this directory would not see it come.
  const bool is_first = !base::path_exists(config::pins_directory(directory));
  VMCRED_TRY(config::write_pin(directory, plan.target.vm,
                               {.since = base::utc_now(), .replaces = plan.entry.in_file, .entry = entry}));
  if (is_first)
    static_cast<void>(
        base::output_of({"systemctl", "try-restart", std::string(config::k_provider_service_unit)}));
  return {};
}

void warn_of(const vars::Rotation& done, const std::string& vm, const Streams& streams) {
  for (const auto& generator : done.stale)
    command::warn(k_program_name, streams,
                  concat(store::path_of(generator),
                         " was made from the other values: 'vmcred vars generate' makes it anew"));
  for (const auto& other : done.affected.vms)
    if (other.vm != vm)
      command::warn(k_program_name, streams,
                    concat("vm ", base::quoted(other.vm), " uses the same: restart it, too (",
                           base::join(other.secrets, ", "), ")"));
  for (const auto& unit : done.affected.units)
    command::warn(k_program_name, streams, concat("unit ", unit, " uses the same: restart it, too"));
}

// Secrets of one generator go back together, so each is looked at again before its turn.
Result<void> take_back_secrets(const Arguments& arguments, const Plan& plan, const Streams& streams) {
  if (plan.way.secrets.empty()) return {};
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(session->config(), plan.target.vm));
  for (const std::string& secret : plan.way.secrets) {
    VMCRED_TRY_ASSIGN(const bool is_back,
                      history::has_version_of(session->config(), *vm, plan.target, secret));
    if (is_back) continue;
    VMCRED_TRY_ASSIGN(const auto done,
                      vars::rollback(session->workshop(), plan.target.vm, secret, vars::Preview::no));
    warn_of(done, plan.target.vm, streams);
  }
  session->print_warnings(streams);
  return {};
}

// What fails before the restart is undone, but for secrets that went back: the next attempt finds them so.
Result<void> go_back(const Arguments& arguments, const Plan& plan, const Streams& streams) {
  const history::Archive archive(history::Places().records);
  VMCRED_TRY(archive.set_target(plan.target));
  VMCRED_TRY(pin(plan, plan.target.entry));
  if (auto taken_back = take_back_secrets(arguments, plan, streams); !taken_back) {
    VMCRED_TRY(pin(plan, plan.entry.in_use));
    VMCRED_TRY(archive.clear_target(plan.target.vm));
    return taken_back;
  }
  return reload_units();
}

Result<void> restart(const Plan& plan, const Streams& streams) {
  VMCRED_TRY_ASSIGN(const UnitState state, unit_state(config::vm_unit_name(plan.target.vm)));
  if (state.active == "inactive")
    return command::print(streams, concat("vm ", plan.target.vm, ": does not run; start it: vmcred vm start ",
                                          plan.target.vm, "\n"));
  return control_vm("restart", "restarted", plan.config, plan.target.vm, streams);
}

std::string as_text(const Plan& plan, std::string_view verb) {
  std::string text = concat("vm ", plan.target.vm, ": ", verb, " the launch of ", plan.target.started, "\n");
  if (plan.entry.in_use != plan.target.entry)
    text += "  its entry in the config, until somebody changes the entry\n";
  for (const auto& secret : plan.way.secrets) text += concat("  secret ", secret, "\n");
  return text;
}

}  // namespace

Result<void> run_vm_rollback(const Arguments& arguments, const Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  VMCRED_TRY_ASSIGN(const auto lock, lock_launches(vm->name));
  VMCRED_TRY_ASSIGN(const Plan plan, make_plan(arguments, config, *vm));
  for (const auto& sentence : plan.way.warnings) command::warn(k_program_name, streams, sentence);
  if (arguments.has("--dry-run")) return command::print(streams, as_text(plan, "would go back to"));
  VMCRED_TRY(go_back(arguments, plan, streams));
  VMCRED_TRY(command::print(streams, as_text(plan, "goes back to")));
  return restart(plan, streams);
}

}  // namespace vmcred::cli
