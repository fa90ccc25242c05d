// SPDX-License-Identifier: Apache-2.0
// Other programs, started without a shell and with no descriptor of ours.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vmcred::guest {

// Runs a program to its end and gives the start of its output (at most 4 KiB), or nothing if it is not there
// or fails. words[0] is looked up in $PATH unless it has a slash.
std::optional<std::string> output_of(const std::vector<std::string>& words);

// Loads a kernel module by the program that the kernel itself would use. Where that is absent or fails, the
// driver may still be there, built in: the caller sees by what appears in sysfs.
void load_kernel_module(const std::string& name);

}  // namespace vmcred::guest
