// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "command/output.h"
#include "config/load.h"

namespace vmcred::cli {
namespace {

using nlohmann::ordered_json;

std::string as_json(const config::Config& config) {
  auto list = ordered_json::array();
  for (const auto& vm : config.vms)
    list.push_back({{"name", vm.name},
                    {"hypervisor", config::spelling(vm.hypervisor)},
                    {"machine", config::spelling(vm.machine)},
                    {"vcpu", vm.vcpu},
                    {"mem_mib", vm.mem_mib},
                    {"secrets", vm.secrets.size()},
                    {"static", vm.static_values.size()}});
  return list.dump(2) + "\n";
}

std::string as_text(const config::Config& config) {
  if (config.vms.empty()) return "(no VMs in the config)\n";
  std::string text;
  for (const auto& vm : config.vms)
    text +=
        base::concat(vm.name, "  ", config::spelling(vm.hypervisor), " ", config::spelling(vm.machine), ", ",
                     vm.vcpu, " vcpu, ", vm.mem_mib, " MiB, ", base::counted(vm.secrets.size(), "secret"),
                     ", ", base::counted(vm.static_values.size(), "static value"), "\n");
  return text;
}

}  // namespace

base::Result<void> run_vm_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config(arguments));
  return command::print(streams, arguments.has("--json") ? as_json(config) : as_text(config));
}

}  // namespace vmcred::cli
