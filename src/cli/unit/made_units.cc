// SPDX-License-Identifier: Apache-2.0
#include "cli/unit/made_units.h"

#include <filesystem>

#include "unit/make_units.h"
#include "vmm/check.h"

namespace vmcred::cli {

base::Result<MadeUnits> make_units_now(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const std::string found, config::find_config(arguments.value("--config").value_or("")));
  std::error_code failure;
  const std::string path = std::filesystem::absolute(found, failure).lexically_normal();
  if (failure) return base::errno_error(found, failure.value());
  VMCRED_TRY_ASSIGN(config::UnitConfig loaded, config::load_for_units(path, vmm::check_vm));
  unit::UnitSet set = unit::make_units(loaded, unit::survey(path));
  return MadeUnits{.config = path, .loaded = std::move(loaded), .set = std::move(set)};
}

}  // namespace vmcred::cli
