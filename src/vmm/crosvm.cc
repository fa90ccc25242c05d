// SPDX-License-Identifier: Apache-2.0
#include "vmm/crosvm.h"

#include "base/text.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;
using config::Share;

std::string_view true_false(bool value) { return value ? "true" : "false"; }

// A value of its key=value lists, in quotes where it has a character that means something there.
std::string value(std::string_view text) {
  if (text.find_first_of(",=\"'[]\\ ") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("run");
  plan.add("--name", vm.name);
  // Its sandbox wants namespaces, which a user without privileges may not have; the VM's user is the fence.
  plan.add("--disable-sandbox");
  plan.add("--no-usb");
  plan.add("--cpus", concat("num-cores=", vm.vcpu));
  plan.add("--mem", concat("size=", vm.mem_mib));
  if (vm.hugepages) plan.add("--hugepages");
  if (!vm.balloon) {
    plan.add("--no-balloon");
    return;
  }
  plan.add("--balloon-page-reporting");
  if (vm.balloon->initial_mib > 0)
    plan.add("--init-mem", std::to_string(vm.mem_mib - vm.balloon->initial_mib));
}

void add_interface(PlanBuilder& plan, const Interface& interface) {
  const std::string mac = concat(",mac=", interface.mac);
  const std::string vhost = interface.vhost ? ",vhost-net" : "";
  const unsigned queues = queue_pairs(plan.vm());
  plan.add("--net");
  if (interface.type == Interface::Type::macvtap)
    plan.add_descriptors(concat("vq-pairs=1", mac, vhost, ",tap-fd="), plan.plan_macvtap(interface, 1));
  else
    plan.add(
        concat("tap-name=", value(interface.id), mac, queues > 1 ? concat(",vq-pairs=", queues) : "", vhost));
}

void add_share(PlanBuilder& plan, const Share& share) {
  if (share.protocol == Share::Protocol::virtiofs)
    plan.add("--vhost-user", concat("type=fs,socket=", value(plan.share_socket(share))));
  else
    plan.add("--shared-dir", concat(share.source, ":", share.tag, ":type=p9"));
}

void add_devices(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  for (const auto& volume : vm.volumes)
    plan.add("--block", concat("path=", value(volume.image), ",ro=", true_false(volume.read_only),
                               ",direct=", true_false(volume.direct),
                               volume.serial.empty() ? "" : concat(",id=", value(volume.serial))));
  for (const auto& share : vm.shares) add_share(plan, share);
  for (const auto& interface : vm.interfaces) add_interface(plan, interface);
  for (const auto& device : vm.devices)
    plan.add("--vfio", concat("/sys/bus/pci/devices/", device.path, ",iommu=viommu"));
  if (vm.vsock_cid) plan.add("--vsock", concat("cid=", *vm.vsock_cid));
}

}  // namespace

base::Result<LaunchPlan> plan_crosvm(const config::VirtualMachine& vm,
                                     std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  add_machine(plan);
  plan.add("--serial", "type=stdout,hardware=serial,num=1,console=true,stdin=true");
  plan.add("--socket", plan.socket_path(k_crosvm_socket));
  add_devices(plan);
  plan.add_initrd("--initrd");
  plan.add("--params", plan.kernel_line());
  plan.add_extra_args();
  plan.add(vm.kernel);
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
