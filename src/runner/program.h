// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::runner {

// The path of the VM's hypervisor: what the config says, else the first hit on $PATH. A host error with the
// way to install it when there is none.
base::Result<std::string> find_program(const config::VirtualMachine& vm);

// Are the kernel and the initrd there, and regular files? Host errors that name them.
base::Result<void> check_boot_files(const config::VirtualMachine& vm);

}  // namespace vmcred::runner
