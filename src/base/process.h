// SPDX-License-Identifier: Apache-2.0
// Other programs, started without a shell and with no descriptor of ours.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vmcred::base {

// Runs a program to its end and gives the start of its output (at most 4 KiB), or nothing if it is not there
// or fails. words[0] is looked up in $PATH unless it has a slash.
std::optional<std::string> output_of(const std::vector<std::string>& words);

}  // namespace vmcred::base
