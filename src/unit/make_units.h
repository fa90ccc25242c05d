// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "config/load.h"
#include "unit/surroundings.h"
#include "unit/unit_file.h"

namespace vmcred::unit {

// All units of a config. What can't be made is among `broken`, with the VM that it concerns, or "" for what
// serves several; the rest is made.
UnitSet make_units(const config::UnitConfig& loaded, const Surroundings& surroundings);

// The same, but each file is given away as soon as it is made, so that those of a thousand VMs are never in
// memory together. The result has none.
using TakeFile = std::function<void(UnitFile)>;
UnitSet make_units(const config::UnitConfig& loaded, const Surroundings& surroundings, const TakeFile& take);

// Those of a config that can't be read: one that says why, in place of each VM.
UnitSet make_units_of_broken_config(const base::Error& error, const Surroundings& surroundings);

}  // namespace vmcred::unit
