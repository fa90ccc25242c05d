// SPDX-License-Identifier: Apache-2.0
// The values from before a change, kept for one way back. What the store keeps of a generator and what its
// version file says of it change together here. docs/formats/vars.md tells what holds.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vars/run.h"
#include "vars/version.h"

namespace vmcred::vars {

enum class KeepPrevious { no, yes };

// Of each generator that got values: its files whose value from before is kept. None: it has no way back.
using KeptFiles = std::map<store::GeneratorId, std::vector<std::string>>;

// Stages values, and what goes with them: the previous versions of all other files of their generators.
// Nothing of a generator is kept where one of the values replaces none: the state before can't be brought
// back as a whole.
base::Result<KeptFiles> stage_values(const Workshop& workshop, store::Transaction& transaction,
                                     std::span<const store::Value> values, KeepPrevious keep);

// What a version file says of the way back to what it said `before`; nothing where no file is kept.
base::Result<std::optional<WayBack>> way_back_to(const Workshop& workshop,
                                                 const store::GeneratorId& generator,
                                                 const std::optional<VersionFile>& before,
                                                 const KeptFiles& kept);

}  // namespace vmcred::vars
