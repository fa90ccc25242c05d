// SPDX-License-Identifier: Apache-2.0
// A value of a config as the one JSON text that it has: compact, with sorted keys, strings escaped no more
// than JSON demands. These are the bytes of builtins.toJSON in Nix, so that hashes over them agree with
// clan's.
#pragma once

#include <optional>
#include <string>

#include "config/document.h"

namespace vmcred::config {

// Booleans, whole numbers and strings, arrays of those, and tables, at most two in each other. Nothing for
// anything else: a fraction has more than one text.
std::optional<std::string> canonical_json(const Node& node);

}  // namespace vmcred::config
