// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::guest {

// Loads a kernel module by the program that the kernel itself would use. Where that is absent or fails, the
// driver may still be there, built in: the caller sees by what appears in sysfs.
void load_kernel_module(const std::string& name);

}  // namespace vmcred::guest
