// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// Connects to the terminal (hvc0) of a running VM. QEMU serves one at a time: a second one waits for the
// first to leave. A vmm error where the VM doesn't run.
base::Result<base::UniqueFd> connect_to_console(const std::string& runtime_directory);

}  // namespace vmcred::runner
