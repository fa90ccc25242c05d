// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/error.h"

namespace vmcred::guest {

// What vmcred-guest exits with: those codes of docs/exit-codes.md that can happen in a guest.
enum class ExitCode : int {
  ok = 0,
  credentials = 1,
  usage = 2,
  system = 4,
  refused = 5,
};

ExitCode exit_code_for(base::ErrorKind kind);

// One line per exit code, for --help.
std::string_view exit_code_help();

}  // namespace vmcred::guest
