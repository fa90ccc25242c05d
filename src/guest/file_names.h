// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::guest {

// The names of all files in a directory but "." and "..", sorted. `subject` names it in errors.
base::Result<std::vector<std::string>> file_names(const base::UniqueFd& directory, std::string_view subject);

// The same by path; a directory that is absent or unreadable has none.
std::vector<std::string> file_names(const std::string& path);

}  // namespace vmcred::guest
