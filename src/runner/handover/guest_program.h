// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace vmcred::runner {

// The program for the inside of a guest that goes with it where its initrd lacks one: vmcred-guest beside the
// program that runs now, or in ../libexec/vmcred from there. Nothing else names it, since it is going to hold
// the secrets. A host error where there is none.
base::Result<std::string> find_guest_program();

// The same for a program in this directory.
base::Result<std::string> find_guest_program(const std::string& program_directory);

}  // namespace vmcred::runner
