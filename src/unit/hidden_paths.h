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

// What a service reads; all absolute.
struct ReadPaths {
  std::vector<std::string_view> needed;
  std::vector<std::string> optional;  // may not be there when it starts
};

// Writes ProtectHome= and, for those of `paths` that are below hidden directories, BindReadOnlyPaths=:
// nothing else of the directories is to be seen. Fails for a hidden path with characters that such a line
// can't hold.
base::Result<void> add_hidden_paths(const ReadPaths& paths, systemd::UnitText& text);

}  // namespace vmcred::unit
