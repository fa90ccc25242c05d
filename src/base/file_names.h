// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::base {

// The names of all files in an open directory but "." and "..", sorted; an error where not all can be read.
// `subject` names the directory in errors. The descriptor's position stays where it is.
Result<std::vector<std::string>> file_names(int directory, std::string_view subject);

// The same by path; a directory that is absent or unreadable has none.
std::vector<std::string> file_names(const std::string& path);

}  // namespace vmcred::base
