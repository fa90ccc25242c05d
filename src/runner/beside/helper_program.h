// SPDX-License-Identifier: Apache-2.0
// Programs that a VMM needs beside it, one for each shared directory: started before any secret is read,
// watched, and ended with the VMM.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/beside/companion.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// The path of a program, on $PATH or else in one of these directories; "" where it is in none.
std::string find_helper(std::string_view name, std::initializer_list<std::string_view> directories);

struct HelperProgram {
  std::string name;  // for what there is to say: "virtiofsd of share 'home'"
  std::string program;
  std::vector<std::string> arguments;
  std::string socket;  // where it listens for the VMM
};

// Starts it as `identity`, or as who we are. It has begun when it listens; a host error says that it ended
// before, or that it took too long. When it ends later while the VMM runs, the VMM is ended too, and standard
// error says why: its guest would hang in the first access to the directory.
base::Result<Attendant> start_helper(const HelperProgram& helper, const std::string& vm_name,
                                     const std::optional<Identity>& identity);

}  // namespace vmcred::runner
