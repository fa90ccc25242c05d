// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// From a process beside the VMM that can't go on: says why on standard error, in the form that all errors of
// vmcred have, and kills the VMM.
void end_vmm(const base::UniqueFd& vmm, const std::string& vm_name, base::Error error);

}  // namespace vmcred::runner
