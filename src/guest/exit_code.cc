// SPDX-License-Identifier: Apache-2.0
#include "guest/exit_code.h"

namespace vmcred::guest {

ExitCode exit_code_for(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::usage:
      return ExitCode::usage;
    case base::ErrorKind::credential:
    case base::ErrorKind::verify:
      return ExitCode::credentials;
    case base::ErrorKind::refused:
      return ExitCode::refused;
    case base::ErrorKind::config:
    case base::ErrorKind::host:
    case base::ErrorKind::vmm:
    case base::ErrorKind::not_yet:
    case base::ErrorKind::io:
      return ExitCode::system;
  }
  return ExitCode::system;
}

std::string_view exit_code_help() {
  return "  0  done, and everything is as it should be\n"
         "  1  a credential is missing, wrong, too large or badly named\n"
         "  2  the command line is wrong\n"
         "  4  this guest lacks something that the command needs, or a system call failed\n"
         "  5  refused for security\n";
}

}  // namespace vmcred::guest
