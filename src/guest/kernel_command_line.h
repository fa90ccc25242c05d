// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::guest {

// The value of the last NAME=VALUE on the command line, or nothing; values in quotes are not looked into.
std::optional<std::string> find_kernel_parameter(std::string_view command_line, std::string_view name);

// The same of this kernel's command line. Fails where /proc is not mounted.
base::Result<std::optional<std::string>> kernel_parameter(std::string_view name);

}  // namespace vmcred::guest
