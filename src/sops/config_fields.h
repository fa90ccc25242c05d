// SPDX-License-Identifier: Apache-2.0
// The fields of .sops.yaml, as the sops program takes them: a missing field, an empty one and null are the
// same, and merge keys ("<<") fill in what is missing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sops/tree.h"

namespace vmcred::sops {

// Errors are `generic` and name the field.
const Node* config_field(const Map& map, std::string_view name);
base::Result<std::string> config_text(const Map& map, std::string_view name);
base::Result<std::optional<unsigned>> config_number(const Map& map, std::string_view name);
base::Result<bool> config_truth(const Map& map, std::string_view name);

// "a, b": its parts without blanks around them. Empty ones don't count.
std::vector<std::string> split_at_commas(std::string_view text);

// A list of texts, or one text with commas; `name` is for errors.
base::Result<std::vector<std::string>> texts_in(const Node& node, std::string_view name);

// The maps of a list of maps.
base::Result<std::vector<const Map*>> maps_in(const Node& node, std::string_view name);

}  // namespace vmcred::sops
