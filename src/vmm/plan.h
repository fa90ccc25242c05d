// SPDX-License-Identifier: Apache-2.0
// From a VM to the launch plan of its hypervisor.
#pragma once

#include <span>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// Fails with `credential` errors where no transport carries the set whole, with the VM's name in front. The
// VM must have passed check_vm().
base::Result<LaunchPlan> plan_launch(const config::VirtualMachine& vm,
                                     std::span<const CredentialOutline> outlines, const HostFacts& host);

}  // namespace vmcred::vmm
