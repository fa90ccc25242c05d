// SPDX-License-Identifier: Apache-2.0
// Key groups by the names of their recipients, to compare them and to show them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "age/age.h"
#include "sops/metadata.h"

namespace vmcred::sops {

// In the order in which they stand. Keys of other types than age have none.
std::vector<std::string> names_of(const KeyGroup& group);
std::vector<std::string> names_of(age::RecipientList recipients);

// How many of the groups it takes: all, where nothing else is said.
unsigned threshold_of(std::optional<unsigned> threshold, std::size_t groups);

}  // namespace vmcred::sops
