// SPDX-License-Identifier: Apache-2.0
// Takes generators back to the version before.
#pragma once

#include <span>
#include <vector>

#include "vars/rotate.h"

namespace vmcred::vars {

struct RolledBack {
  std::vector<store::GeneratorId> generators;
  std::vector<store::GeneratorId> stale;
};

// `seeds`, and each dependent that went along with them: its current version was made from theirs, and its
// previous one from their previous ones. Where no seed has a previous version: a credential error.
base::Result<RolledBack> roll_back(const Workshop& workshop, std::span<const std::size_t> seeds,
                                   Preview preview);

}  // namespace vmcred::vars
