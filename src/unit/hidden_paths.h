// SPDX-License-Identifier: Apache-2.0
// Files of a service that its own sandbox would hide: ProtectHome= and PrivateTmp= put something empty over
// their directories.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "systemd/unit_text.h"

namespace vmcred::unit {

// What a service reads and writes; all absolute.
struct UsedPaths {
  std::vector<std::string_view> needed;
  std::vector<std::string> optional;      // may not be there when it starts
  std::vector<std::string> written = {};  // all others are read-only to it
};

// Writes ProtectHome= and, for those of `paths` that are below hidden directories, BindReadOnlyPaths= or
// BindPaths=: nothing else of the directories is to be seen. Other places that are written become
// ReadWritePaths=. Fails for a hidden path with characters that such a line
// can't hold.
base::Result<void> add_hidden_paths(const UsedPaths& paths, systemd::UnitText& text);

}  // namespace vmcred::unit
