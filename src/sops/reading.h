// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "sops/tree.h"

namespace vmcred::sops {

// What strings and comments that look like ENC[…] are: encrypted leaves, or text as any other.
enum class Reading { encrypted, plain };

// The leaf of a string or comment that was read.
base::Result<Leaf> leaf_as_read(Leaf::Type type, std::string_view text, Reading reading);

}  // namespace vmcred::sops
