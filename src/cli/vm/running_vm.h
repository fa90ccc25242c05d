// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "command/arguments.h"
#include "config/model.h"

namespace vmcred::cli {

// The VM that a command's first operand names, and where it keeps its sockets while it runs.
struct RunningVm {
  config::VirtualMachine vm;
  std::string directory;
};
base::Result<RunningVm> running_vm(const command::Arguments& arguments);

// The same for what needs no more than the name: also of a VM that the config has no longer, or has broken,
// as long as it runs.
base::Result<RunningVm> running_or_orphaned_vm(const command::Arguments& arguments);

// "vm 'x'" in front of the error.
base::Error of_vm(const RunningVm& vm, base::Error error);

}  // namespace vmcred::cli
