// SPDX-License-Identifier: Apache-2.0
#include "cli/open_config.h"

#include "config/load.h"
#include "vmm/check.h"

namespace vmcred::cli {

base::Result<config::Config> open_config(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load(path, vmm::check_vm);
}

base::Result<config::UnitConfig> open_unit_config(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load_for_units(path, vmm::check_vm);
}

base::Result<config::Config> open_config_for(const command::Arguments& arguments, const std::string& vm) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load_for_vm(path, vm, vmm::check_vm);
}

}  // namespace vmcred::cli
