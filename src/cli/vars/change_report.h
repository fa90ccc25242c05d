// SPDX-License-Identifier: Apache-2.0
// What `set` and `import` change, as a diff that shows of a secret only who can read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vars/change.h"

namespace vmcred::cli {

struct ShownChange {
  vars::ChangeReport values;
  std::vector<store::GeneratorId> hashes;  // generators that get another validation hash
};

// `verb`: "set", "would import".
std::string as_text(const ShownChange& change, std::string_view verb);

std::string as_json(const ShownChange& change);

}  // namespace vmcred::cli
