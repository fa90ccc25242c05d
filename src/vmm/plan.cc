// SPDX-License-Identifier: Apache-2.0
#include "vmm/plan.h"

#include "vmm/alioth.h"
#include "vmm/cloud_hypervisor.h"
#include "vmm/crosvm.h"
#include "vmm/firecracker.h"
#include "vmm/kernel_line.h"
#include "vmm/kvmtool.h"
#include "vmm/qemu.h"
#include "vmm/stratovirt.h"
#include "vmm/vfkit.h"

namespace vmcred::vmm {

base::Result<LaunchPlan> plan_launch(const config::VirtualMachine& vm,
                                     std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY(check_credentials_port(vm, host));
  switch (vm.hypervisor) {
    case config::Hypervisor::qemu:
      break;
    case config::Hypervisor::cloud_hypervisor:
      return plan_cloud_hypervisor(vm, outlines, host);
    case config::Hypervisor::firecracker:
      return plan_firecracker(vm, outlines, host);
    case config::Hypervisor::crosvm:
      return plan_crosvm(vm, outlines, host);
    case config::Hypervisor::kvmtool:
      return plan_kvmtool(vm, outlines, host);
    case config::Hypervisor::stratovirt:
      return plan_stratovirt(vm, outlines, host);
    case config::Hypervisor::alioth:
      return plan_alioth(vm, outlines, host);
    case config::Hypervisor::vfkit:
      return plan_vfkit(vm, outlines, host);
  }
  return plan_qemu(vm, outlines, host);
}

}  // namespace vmcred::vmm
