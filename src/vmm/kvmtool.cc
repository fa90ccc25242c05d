// SPDX-License-Identifier: Apache-2.0
#include "vmm/kvmtool.h"

#include "base/text.h"
#include "vmm/carriage.h"
#include "vmm/plan_builder.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("run");
  plan.add("--name", vm.name);
  // With its defaults it adds parameters to the kernel's line that can't be had without.
  plan.add("--nodefaults");
  plan.add("--mem", std::to_string(vm.mem_mib));
  plan.add("--cpus", std::to_string(vm.vcpu));
  plan.add("--console", "serial");
  plan.add("--rng");
  if (vm.balloon) plan.add("--balloon");
}

void add_interface(PlanBuilder& plan, const Interface& interface) {
  const std::string mac = concat(",guest_mac=", interface.mac);
  plan.add("--network");
  if (interface.type == Interface::Type::user) {
    plan.add(concat("mode=user", mac));
    return;
  }
  // Of an interface whose name is a path it knows that it is a macvtap.
  const bool is_macvtap = interface.type == Interface::Type::macvtap;
  plan.add(concat("mode=tap,script=none,tapif=", is_macvtap ? plan.macvtap_path(interface) : interface.id,
                  mac, interface.vhost ? ",vhost=1" : ""));
}

void add_interfaces(PlanBuilder& plan) {
  if (plan.vm().interfaces.empty()) plan.add("--network", "mode=none");
  for (const auto& interface : plan.vm().interfaces) add_interface(plan, interface);
}

void add_devices(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  for (const auto& volume : vm.volumes)
    plan.add("--disk", concat(volume.image, volume.direct ? ",direct" : "", volume.read_only ? ",ro" : ""));
  for (const auto& share : vm.shares) plan.add("--9p", concat(share.source, ",", share.tag));
  add_interfaces(plan);
  for (const auto& device : vm.devices) plan.add("--vfio-pci", device.path);
  if (vm.vsock_cid) plan.add("--vsock", std::to_string(*vm.vsock_cid));
}

}  // namespace

base::Result<LaunchPlan> plan_kvmtool(const config::VirtualMachine& vm,
                                      std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  // Its sockets are in $HOME/.lkvm.
  plan.add_environment(concat("HOME=", host.runtime_directory));
  add_machine(plan);
  plan.add("--kernel", vm.kernel);
  plan.add_initrd("--initrd");
  plan.add("--params", plan.kernel_line());
  add_devices(plan);
  plan.add_extra_args();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
