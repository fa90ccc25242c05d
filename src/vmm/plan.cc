// SPDX-License-Identifier: Apache-2.0
#include "vmm/plan.h"

#include "vmm/qemu.h"

namespace vmcred::vmm {

base::Result<LaunchPlan> plan_launch(const config::VirtualMachine& vm,
                                     std::span<const CredentialOutline> outlines, const HostFacts& host) {
  return plan_qemu(vm, outlines, host);
}

}  // namespace vmcred::vmm
