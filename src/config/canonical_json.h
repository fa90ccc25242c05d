// SPDX-License-Identifier: Apache-2.0
// A value of a config as the one JSON text that it has: compact, with sorted keys, strings escaped no more
// than JSON demands. These are the bytes of builtins.toJSON in Nix, so that hashes over them agree with
// clan's.
#pragma once

#include <optional>
#include <string>

#include "config/document.h"

namespace vmcred::config {

// As many in each other as clan's `validation` may have.
inline constexpr int k_most_tables = 2;

// Booleans, whole numbers and strings, arrays of those, and tables, at most `most_tables` in each other.
// Nothing for anything else: a fraction has more than one text.
std::optional<std::string> canonical_json(const Node& node, int most_tables = k_most_tables);

}  // namespace vmcred::config
