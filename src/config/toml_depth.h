// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vmcred::config {

// Where a TOML text has a key of more than `max_parts` parts (a.b.c has three): the offset of the first part
// too many. toml++ bounds nested arrays and inline tables but not dotted keys, each part of which is a table
// inside a table that its destructor visits recursively.
std::optional<std::size_t> find_too_deep_key(std::string_view text, std::size_t max_parts);

}  // namespace vmcred::config
