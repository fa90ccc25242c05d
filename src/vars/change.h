// SPDX-License-Identifier: Apache-2.0
// Values that somebody sets by hand, or brings from elsewhere.
#pragma once

#include <span>

#include "base/result.h"
#include "vars/declared.h"
#include "vars/run.h"

namespace vmcred::vars {

struct NewValue {
  DeclaredVar var;
  std::span<const std::byte> bytes;
};

// Stages values, each with the audience that its var is declared with. What depends on their generators
// counts as stale from then on, unless it is set in the same call: what comes together belongs together.
// Other files of these generators stay as they are, and a value that is there already changes nothing.
base::Result<void> set_values(const Workshop& workshop, store::Transaction& transaction,
                              std::span<const NewValue> values);

}  // namespace vmcred::vars
