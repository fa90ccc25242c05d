// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "config/load.h"

namespace vmcred::config {

base::Result<std::string> find_config(const std::string& option) {
  if (!option.empty()) return option;
  const char* variable = std::getenv("VMCRED_CONFIG");
  if (variable != nullptr && *variable != '\0') return std::string(variable);
  for (const char* path : {"vmcred.toml", "/etc/vmcred/vmcred.toml"})
    if (base::path_exists(path)) return std::string(path);
  return base::Error{.kind = base::ErrorKind::config,
                     .what = "no config: neither ./vmcred.toml nor /etc/vmcred/vmcred.toml exists",
                     .hint = "name one with --config FILE or in $VMCRED_CONFIG"};
}

base::Result<const VirtualMachine*> find_vm(const Config& config, std::string_view name) {
  const auto vm = std::ranges::find(config.vms, name, &VirtualMachine::name);
  if (vm != config.vms.end()) return &*vm;
  std::vector<std::string> names;
  names.reserve(config.vms.size());
  for (const VirtualMachine& candidate : config.vms) names.push_back(candidate.name);
  return base::Error{.kind = base::ErrorKind::config,
                     .what = base::concat("no vm ", base::quoted(name), " in ", config.path,
                                          base::did_you_mean(name, names)),
                     .hint = names.empty() ? "add one as [vms.NAME]"
                                           : base::concat("the vms are: ", base::join(names, ", "))};
}

}  // namespace vmcred::config
