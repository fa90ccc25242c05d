// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "unit/unit_file.h"

namespace vmcred::unit {

// Writes the files and links below `directory`, which exists; what is there already is replaced. Goes on
// after failures, and gives them back.
std::vector<base::Error> write_units(const UnitSet& set, const std::string& directory);

}  // namespace vmcred::unit
