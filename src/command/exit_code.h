// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/error.h"

namespace vmcred::command {

// What our programs exit with; docs/exit-codes.md is for users.
enum class ExitCode : int {
  ok = 0,
  credential = 1,  // a secret or credential is missing or wrong
  usage = 2,
  config = 3,
  host = 4,     // the machine lacks something, or a system call failed
  refused = 5,  // a security rule forbids to go on
  vmm = 6,
  not_yet = 7,
};

ExitCode exit_code_for(base::ErrorKind kind);

// One line per exit code, for --help.
std::string_view exit_code_help();

}  // namespace vmcred::command
