// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using nlohmann::ordered_json;

// VMs that run, though the config has no entry of them any longer. None where there is no systemd to ask.
std::vector<std::string> orphans(const config::Config& config) {
  std::vector<std::string> names = vms_with_units().value_or(std::vector<std::string>());
  std::erase_if(names, [&](const std::string& name) {
    if (std::ranges::find(config.vms, name, &config::VirtualMachine::name) != config.vms.end()) return true;
    const auto state = unit_state(config::vm_unit_name(name));
    return !state || state->active != "active";
  });
  return names;
}

std::string as_json(const config::Config& config, const std::vector<std::string>& orphans) {
  auto list = ordered_json::array();
  for (const auto& vm : config.vms)
    list.push_back({{"name", vm.name},
                    {"hypervisor", config::spelling(vm.hypervisor)},
                    {"machine", config::spelling(vm.machine)},
                    {"vcpu", vm.vcpu},
                    {"mem_mib", vm.mem_mib},
                    {"secrets", vm.secrets.size()},
                    {"static", vm.static_values.size()}});
  for (const auto& name : orphans) list.push_back({{"name", name}, {"orphan", true}});
  return list.dump(2) + "\n";
}

std::string as_text(const config::Config& config, const std::vector<std::string>& orphans) {
  if (config.vms.empty() && orphans.empty()) return "(no VMs in the config)\n";
  std::string text;
  for (const auto& vm : config.vms)
    text +=
        base::concat(vm.name, "  ", config::spelling(vm.hypervisor), " ", config::spelling(vm.machine), ", ",
                     vm.vcpu, " vcpu, ", vm.mem_mib, " MiB, ", base::counted(vm.secrets.size(), "secret"),
                     ", ", base::counted(vm.static_values.size(), "static value"), "\n");
  for (const auto& name : orphans)
    text += base::concat(name, "  runs, and is not in the config any longer: vmcred vm stop ", name, "\n");
  return text;
}

}  // namespace

base::Result<void> run_vm_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config(arguments));
  const auto others = orphans(config);
  return command::print(streams, arguments.has("--json") ? as_json(config, others) : as_text(config, others));
}

}  // namespace vmcred::cli
