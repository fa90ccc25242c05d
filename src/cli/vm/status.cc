// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/launches.h"
#include "cli/vm/provider_trouble.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;

struct VmStatus {
  std::string name;
  UnitState unit;
  std::string refusal;         // why it gets no secrets
  bool is_orphan = false;      // its unit is there, but the config has no such VM
  std::string fault;           // what is wrong with its part of the config, or ""
  std::string pinned_since;    // "" where no pin stands in for its entry
  std::string launch_unknown;  // why nobody can tell what it was started with, or ""
  std::string booted_at;
  std::optional<history::Difference> outdated;
};

// Of one that runs: whether it runs with what a start would take now.
void add_launch(const config::Config& config, const config::VirtualMachine& vm, VmStatus& status) {
  if (status.unit.active != "active") return;
  const auto launches = launches_of(config, vm);
  if (!launches) {
    status.launch_unknown = launches.error().what;
    return;
  }
  status.outdated = outdated_by(*launches, status.unit.invocation);
  if (status.outdated)
    status.booted_at = launches->booted->started;
  else
    status.launch_unknown = "nobody noted what it was started with";
}

Result<VmStatus> status_of(const std::string& name, const config::UnitConfig& loaded) {
  VMCRED_TRY_ASSIGN(UnitState unit, unit_state(config::vm_unit_name(name)));
  VmStatus status;
  status.name = name;
  status.unit = std::move(unit);
  status.refusal = why_refused(loaded.config, name);
  const auto vm = std::ranges::find(loaded.config.vms, name, &config::VirtualMachine::name);
  const auto broken = std::ranges::find(loaded.broken, name, &config::BrokenVm::name);
  if (vm != loaded.config.vms.end()) {
    status.pinned_since = vm->pinned_since;
    add_launch(loaded.config, *vm, status);
  } else if (broken != loaded.broken.end()) {
    status.fault = broken->error.what;
  } else {
    status.is_orphan = true;
  }
  return status;
}

// Those of the config in its order, and behind them those whose units are there all the same.
Result<std::vector<std::string>> names_of(const config::UnitConfig& loaded,
                                          const command::Arguments& arguments) {
  if (!arguments.operands().empty())
    return std::vector(arguments.operands().begin(), arguments.operands().end());
  std::vector<std::string> names;
  for (const auto& vm : loaded.config.vms) names.push_back(vm.name);
  for (const auto& vm : loaded.broken) names.push_back(vm.name);
  VMCRED_TRY_ASSIGN(const auto known, vms_with_units());
  for (const auto& name : known)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

// What its owner should do about it, if anything.
std::string advice_for(const VmStatus& vm) {
  if (!vm.fault.empty()) return "mend the config: vmcred config check";
  if (vm.is_orphan && vm.unit.active == "active")
    return concat("not in the config any longer: vmcred vm stop ", vm.name);
  if (vm.unit.load == "not-found" && !vm.is_orphan) return "no unit: systemctl daemon-reload";
  if (vm.unit.needs_reload) return "its unit has changed: systemctl daemon-reload, then vmcred vm restart";
  if (vm.unit.active == "failed") return concat("see why: vmcred vm logs ", vm.name);
  if (vm.outdated && !vm.outdated->empty()) return concat("restart needed: vmcred vm restart ", vm.name);
  return {};
}

// Which launch runs, for people.
std::string launch_text(const VmStatus& vm) {
  if (!vm.launch_unknown.empty()) return concat("unknown: ", vm.launch_unknown);
  if (!vm.outdated) return "";
  std::string text = vm.outdated->empty() ? "current" : concat("outdated: ", history::sentence(*vm.outdated));
  if (!vm.outdated->unseen.empty())
    text += concat("; can't be looked at now: ", base::join(vm.outdated->unseen, ", "));
  return text;
}

std::string pin_text(const VmStatus& vm) {
  if (vm.pinned_since.empty()) return "";
  return concat("since ", vm.pinned_since, " to an earlier entry, until the config's is changed");
}

ordered_json launch_as_json(const VmStatus& vm) {
  if (!vm.outdated) return nullptr;
  return {{"booted", vm.booted_at},    {"outdated", !vm.outdated->empty()}, {"secrets", vm.outdated->secrets},
          {"keys", vm.outdated->keys}, {"files", vm.outdated->files},       {"unseen", vm.outdated->unseen}};
}

void add_line(std::string& text, std::string_view name, const std::string& value) {
  constexpr std::size_t k_width = 10;
  if (value.empty()) return;
  text +=
      concat("  ", name, ":", std::string(k_width - std::min(k_width - 1, name.size()), ' '), value, "\n");
}

std::string as_text(const VmStatus& vm) {
  constexpr std::uint64_t k_mib = 1024UL * 1024;
  constexpr std::uint64_t k_millisecond_ns = 1'000'000;
  std::string text = concat(vm.name, ": ", vm.unit.active.empty() ? "unknown" : vm.unit.active,
                            vm.unit.sub.empty() ? "" : concat(" (", vm.unit.sub, ")"), "\n");
  add_line(text, "says", base::escaped(vm.unit.status));
  if (vm.unit.active == "failed") add_line(text, "failed", vm.unit.result);
  add_line(text, "since", vm.unit.since);
  add_line(text, "launch", launch_text(vm));
  add_line(text, "pinned", pin_text(vm));
  if (vm.unit.process) add_line(text, "process", std::to_string(*vm.unit.process));
  if (vm.unit.memory_bytes) add_line(text, "memory", concat(*vm.unit.memory_bytes / k_mib, " MiB"));
  if (vm.unit.cpu_nanoseconds)
    add_line(text, "cpu", concat(*vm.unit.cpu_nanoseconds / k_millisecond_ns, " ms"));
  if (vm.unit.restarts > 0) add_line(text, "restarts", std::to_string(vm.unit.restarts));
  add_line(text, "broken", vm.fault);
  add_line(text, "refused", vm.refusal);
  add_line(text, "to do", advice_for(vm));
  return text;
}

ordered_json as_json(const VmStatus& vm) {
  ordered_json shown = {{"name", vm.name},
                        {"unit", config::vm_unit_name(vm.name)},
                        {"load", vm.unit.load},
                        {"active", vm.unit.active},
                        {"sub", vm.unit.sub},
                        {"status", base::escaped(vm.unit.status)},
                        {"result", vm.unit.result},
                        {"since", vm.unit.since},
                        {"restarts", vm.unit.restarts},
                        {"process", nullptr},
                        {"memory_bytes", nullptr},
                        {"cpu_nanoseconds", nullptr},
                        {"needs_reload", vm.unit.needs_reload},
                        {"launch", launch_as_json(vm)},
                        {"pinned_since", vm.pinned_since},
                        {"orphan", vm.is_orphan},
                        {"broken", vm.fault},
                        {"refusal", vm.refusal},
                        {"advice", advice_for(vm)}};
  if (vm.unit.process) shown["process"] = *vm.unit.process;
  if (vm.unit.memory_bytes) shown["memory_bytes"] = *vm.unit.memory_bytes;
  if (vm.unit.cpu_nanoseconds) shown["cpu_nanoseconds"] = *vm.unit.cpu_nanoseconds;
  return shown;
}

}  // namespace

Result<void> run_vm_status(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::UnitConfig loaded, open_unit_config(arguments));
  VMCRED_TRY_ASSIGN(const auto names, names_of(loaded, arguments));
  std::string text;
  auto list = ordered_json::array();
  for (const auto& name : names) {
    VMCRED_TRY_ASSIGN(const VmStatus vm, status_of(name, loaded));
    const bool is_nowhere = vm.is_orphan && vm.unit.load == "not-found" && vm.unit.active == "inactive";
    if (is_nowhere) VMCRED_TRY(config::find_vm(loaded.config, name));
    text += as_text(vm);
    list.push_back(as_json(vm));
  }
  if (arguments.has("--json")) return command::print(streams, list.dump(2) + "\n");
  return command::print(streams, text.empty() ? "(no VMs in the config)\n" : text);
}

}  // namespace vmcred::cli
