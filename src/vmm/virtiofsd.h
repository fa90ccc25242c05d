// SPDX-License-Identifier: Apache-2.0
// virtiofsd: the program behind a virtiofs share. One for each; the Rust one, as Debian 13 has it.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"
#include "vmm/launch_plan.h"

namespace vmcred::vmm {

// It runs as the VM's user, so the guest gets no further than that user does; a sandbox of its own would take
// privileges that the user does not have. Empty where the VMM shares directories by itself.
std::vector<HelperPlan> plan_virtiofsd(const config::VirtualMachine& vm,
                                       const std::string& runtime_directory);

}  // namespace vmcred::vmm
