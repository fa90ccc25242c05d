// SPDX-License-Identifier: Apache-2.0
// What an unquoted scalar of YAML means, by the rules of Go's yaml.v3 (resolve.go there), which are YAML 1.1
// without its words for truth ("yes" is a string) and its numbers to base 60, and with YAML 1.2's octal
// numbers.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "sops/tree.h"

namespace vmcred::sops {

enum class YamlMeaning : std::uint8_t {
  string,
  null,
  boolean,
  integer,
  too_large,  // an integer that only an unsigned 64-bit number could hold: sops refuses it
  floating,
  timestamp,
  merge,  // "<<"
};

YamlMeaning meaning_of(std::string_view text);

// The leaf of a scalar that has this meaning, canonical. For `string`, `null`, and the types with a leaf of
// their own.
base::Result<Leaf> leaf_of(YamlMeaning meaning, std::string_view text);

}  // namespace vmcred::sops
