// SPDX-License-Identifier: Apache-2.0
#include "cli/open_config.h"

#include "config/load.h"

namespace vmcred::cli {

base::Result<config::Config> open_config(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load(path);
}

base::Result<config::UnitConfig> open_unit_config(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load_for_units(path);
}

base::Result<config::Config> open_config_for(const command::Arguments& arguments, const std::string& vm) {
  VMCRED_TRY_ASSIGN(const std::string path, config::find_config(arguments.value("--config").value_or("")));
  return config::load_for_vm(path, vm);
}

}  // namespace vmcred::cli
