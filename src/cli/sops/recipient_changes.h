// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "age/recipient.h"
#include "sops/metadata.h"

namespace vmcred::cli {

// What becomes of a file's key groups, for people: a line for each recipient that stays (" "), comes ("+")
// or goes ("-"), under a line for each group. Keys of other types than age stay.
std::string recipient_changes(const sops::Metadata& metadata, const std::vector<age::Recipients>& wanted,
                              std::optional<unsigned> wanted_threshold);

}  // namespace vmcred::cli
