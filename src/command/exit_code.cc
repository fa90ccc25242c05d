// SPDX-License-Identifier: Apache-2.0
#include "command/exit_code.h"

namespace vmcred::command {

ExitCode exit_code_for(base::ErrorKind kind) {
  using base::ErrorKind;
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::config:
      return ExitCode::config;
    case ErrorKind::credential:
    case ErrorKind::verify:
      return ExitCode::credential;
    case ErrorKind::host:
    case ErrorKind::io:
      return ExitCode::host;
    case ErrorKind::refused:
      return ExitCode::refused;
    case ErrorKind::vmm:
      return ExitCode::vmm;
    case ErrorKind::not_yet:
      return ExitCode::not_yet;
  }
  return ExitCode::host;
}

std::string_view exit_code_help() {
  return "  0  done\n"
         "  1  a secret or credential is missing or wrong\n"
         "  2  the command line is wrong\n"
         "  3  the config is wrong\n"
         "  4  this machine lacks something, or a system call failed\n"
         "  5  refused for security\n"
         "  6  the hypervisor did not do what it was asked\n"
         "  7  not yet in this version\n";
}

}  // namespace vmcred::command
