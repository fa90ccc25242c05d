// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace vmcred::provider {

// The provider from start to end, for the words after the program's name. Returns the exit code.
int run(std::span<const std::string_view> words);

}  // namespace vmcred::provider
