// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::shim {

// The last look at what everybody will see: a `refused` error where a credential stands in a place that its
// dialect does not know.
base::Result<void> check_nothing_is_left(std::span<const std::string> words);

// The same for one text; errors call it `subject`.
base::Result<void> check_nothing_is_left_in(const std::string& text, std::string_view subject);

}  // namespace vmcred::shim
