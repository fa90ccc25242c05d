// SPDX-License-Identifier: Apache-2.0
#include "vmm/stratovirt.h"

#include "base/text.h"
#include "vmm/carriage.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;

std::string_view on_off(bool value) { return value ? "on" : "off"; }

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("-name", vm.name);
  plan.add("-machine", concat("microvm,dump-guest-core=off", has_virtiofs(vm) ? ",mem-share=on" : ""));
  plan.add("-smp", std::to_string(vm.vcpu));
  plan.add("-m", concat(vm.mem_mib, "M"));
  plan.add("-kernel", vm.kernel);
  plan.add_initrd("-initrd");
  plan.add("-append", plan.kernel_line());
}

void add_channels(PlanBuilder& plan) {
  plan.add("-serial", "stdio");
  plan.need_terminal();
  plan.add("-qmp", concat("unix:", plan.socket_path(k_qmp_socket), ",server,nowait"));
  // Without PCI it has one port, and that must be a console: none for reports or credentials.
  plan.add("-device", "virtio-serial-device,id=serial");
  plan.add("-chardev", concat("socket,id=tty,path=", plan.socket_path(k_console_socket), ",server,nowait"));
  plan.add("-device", "virtconsole,id=console,chardev=tty");
  if (plan.vm().vsock_cid)
    plan.add("-device", concat("vhost-vsock-device,id=vsock,guest-cid=", *plan.vm().vsock_cid));
}

void add_volumes(PlanBuilder& plan) {
  const auto& volumes = plan.vm().volumes;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const auto& volume = volumes[i];
    plan.add("-drive", concat("id=drive", i, ",file=", volume.image, ",readonly=", on_off(volume.read_only),
                              ",direct=", on_off(volume.direct)));
    plan.add("-device", concat("virtio-blk-device,id=volume", i, ",drive=drive", i,
                               volume.serial.empty() ? "" : concat(",serial=", volume.serial)));
  }
}

void add_shares(PlanBuilder& plan) {
  const auto& shares = plan.vm().shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    plan.add("-chardev", concat("socket,id=share", i, ",path=", plan.share_socket(shares[i])));
    plan.add("-device", concat("vhost-user-fs-device,id=fs", i, ",chardev=share", i, ",tag=", shares[i].tag));
  }
}

void add_interfaces(PlanBuilder& plan) {
  const auto& interfaces = plan.vm().interfaces;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const auto& interface = interfaces[i];
    const std::string vhost = interface.vhost ? ",vhost=on" : "";
    plan.add("-netdev");
    if (interface.type == Interface::Type::macvtap)
      plan.add_descriptors(concat("tap,id=net", i, vhost, ",fd="), plan.plan_macvtap(interface, 1));
    else
      plan.add(concat("tap,id=net", i, ",ifname=", interface.id, vhost));
    plan.add("-device", concat("virtio-net-device,id=nic", i, ",netdev=net", i, ",mac=", interface.mac));
  }
}

}  // namespace

base::Result<LaunchPlan> plan_stratovirt(const config::VirtualMachine& vm,
                                         std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  add_machine(plan);
  add_channels(plan);
  if (vm.balloon)
    plan.add("-device", concat("virtio-balloon-device,id=balloon,deflate-on-oom=",
                               vm.balloon->deflate_on_oom ? "true" : "false", ",free-page-reporting=true"));
  add_volumes(plan);
  add_shares(plan);
  add_interfaces(plan);
  plan.add_extra_args();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
