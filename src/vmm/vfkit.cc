// SPDX-License-Identifier: Apache-2.0
#include "vmm/vfkit.h"

#include "base/text.h"
#include "vmm/carriage.h"
#include "vmm/kernel_line.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;

void add_device(PlanBuilder& plan, std::string value) { plan.add("--device", std::move(value)); }

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("--cpus", std::to_string(vm.vcpu));
  plan.add("--memory", std::to_string(vm.mem_mib));
  plan.add("--restful-uri", concat("unix://", plan.socket_path(k_api_socket)));
  plan.add("--bootloader",
           concat("linux,kernel=", vm.kernel, vm.initrd.empty() ? "" : concat(",initrd=", vm.initrd),
                  ",cmdline=\"", plan.kernel_line(), "\""));
}

void add_devices(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  add_device(plan, "virtio-rng");
  add_device(plan, "virtio-serial,stdio");
  for (const auto& volume : vm.volumes)
    add_device(plan, concat("virtio-blk,path=", volume.image,
                            volume.serial.empty() ? "" : concat(",deviceId=", volume.serial)));
  for (const auto& share : vm.shares)
    add_device(plan, concat("virtio-fs,sharedDir=", share.source, ",mountTag=", share.tag));
  for (const auto& interface : vm.interfaces) add_device(plan, concat("virtio-net,nat,mac=", interface.mac));
}

// One socket for each port: the guest connects, and the host listens on it.
void add_vsock(PlanBuilder& plan) {
  if (plan.transport() != config::Transport::vsock) return;
  const auto port = credentials_port(plan.vm(), VsockBackEnd::built_in);
  add_device(plan, concat("virtio-vsock,port=", port,
                          ",socketURL=", plan.socket_path(concat(k_vsock_socket, "_", port)), ",listen"));
}

void add_screen(PlanBuilder& plan) {
  if (!plan.vm().graphics) return;
  for (const auto* device : {"virtio-gpu", "virtio-input,keyboard", "virtio-input,pointing"})
    add_device(plan, device);
  plan.add("--gui");
}

}  // namespace

base::Result<LaunchPlan> plan_vfkit(const config::VirtualMachine& vm,
                                    std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  add_machine(plan);
  add_devices(plan);
  add_vsock(plan);
  add_screen(plan);
  plan.add_extra_args();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
