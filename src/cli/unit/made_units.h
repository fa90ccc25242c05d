// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "command/arguments.h"
#include "config/load.h"
#include "unit/unit_file.h"

namespace vmcred::cli {

// What the generator would make now.
struct MadeUnits {
  std::string config;  // the config's absolute path
  config::UnitConfig loaded;
  unit::UnitSet set;
};

// Fails where the config as a whole is wrong.
base::Result<MadeUnits> make_units_now(const command::Arguments& arguments);

}  // namespace vmcred::cli
