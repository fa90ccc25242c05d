// SPDX-License-Identifier: Apache-2.0
// Which folders of the host a generator's script sees, and where it looks for programs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace vmcred::vars {

struct ProgramFolders {
  std::string path;                // the script's $PATH: the generator's own folders go first
  std::vector<std::string> bound;  // to be shown to it besides the system's
};

// The system's folders, which are shown where they exist.
std::span<const char* const> system_folders();

// `inputs` are folders and bare names of programs. Fails with a host error that names the one that is not
// there.
base::Result<ProgramFolders> find_program_folders(std::span<const std::string> inputs);

}  // namespace vmcred::vars
