// SPDX-License-Identifier: Apache-2.0
// Metadata in formats without nesting: "sops_age__list_0__map_enc" is the field "enc" of the first item of
// "age".
#pragma once

#include <string_view>

#include "base/result.h"
#include "sops/tree.h"

namespace vmcred::sops {

// Kept for metadata.
inline constexpr std::string_view k_flat_prefix = "sops_";

// Takes the entries "sops_…" out of the map and gives the tree that they say. Fails with `generic` where they
// say none.
base::Result<Map> take_flat_metadata(Map& map);

// Appends metadata as flat entries.
void append_flat_metadata(Map& map, Map metadata);

}  // namespace vmcred::sops
