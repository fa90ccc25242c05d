// SPDX-License-Identifier: Apache-2.0
#include "vmm/qemu.h"

#include "base/text.h"
#include "config/load.h"
#include "credential/pull.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/kernel_line.h"
#include "vmm/qemu_credentials.h"
#include "vmm/qemu_parts.h"
#include "vmm/sockets.h"
#include "vmm/transport_limits.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Machine;
using config::VirtualMachine;

bool is_microvm(const VirtualMachine& vm) { return vm.machine == Machine::microvm; }

// Another program reads and writes the guest's memory, or it is of huge pages.
bool has_own_memory(const PlanBuilder& plan) {
  return plan.host().vsock == VsockBackEnd::vhost_user || has_virtiofs(plan.vm()) || plan.vm().hugepages;
}

std::string machine(const PlanBuilder& plan) {
  const auto& vm = plan.vm();
  std::string value = concat(config::spelling(vm.machine), ",dump-guest-core=off");
  if (is_microvm(vm)) {
    value += ",acpi=on,rtc=on";
    if (has_device(vm, config::Device::Bus::pci)) value += ",pcie=on";
    if (has_device(vm, config::Device::Bus::usb)) value += ",usb=on";
  }
  if (has_own_memory(plan)) value += ",memory-backend=memory";
  return value;
}

std::string cpu(const PlanBuilder& plan) {
  if (!plan.vm().cpu.empty()) return plan.vm().cpu;
  return plan.host().kvm ? "host" : "max";
}

void add_memory(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("-m",
           concat(vm.mem_mib, "M",
                  vm.hotplug_mem_mib > 0 ? concat(",maxmem=", vm.mem_mib + vm.hotplug_mem_mib, "M") : ""));
  // The backend is made before the machine's own choice about dumps is known.
  if (has_own_memory(plan))
    plan.add("-object", concat("memory-backend-memfd,id=memory,size=", vm.mem_mib, "M,share=on",
                               vm.hugepages ? ",hugetlb=on" : "", ",dump=off"));
}

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.add("-name", concat("guest=", vm.name));
  plan.add("-no-user-config");
  plan.add("-nodefaults");
  plan.add("-display", "none");
  plan.add("-no-reboot");
  plan.add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
  plan.add("-machine", machine(plan));
  plan.add("-accel", plan.host().kvm ? "kvm" : "tcg");
  plan.add("-cpu", cpu(plan));
  plan.add("-smp", std::to_string(vm.vcpu));
  add_memory(plan);
  if (!vm.machine_id.empty()) plan.add("-uuid", uuid_text(vm.machine_id));
}

void add_boot(PlanBuilder& plan) {
  plan.add("-kernel", plan.vm().kernel);
  plan.add_initrd("-initrd");
  plan.add("-append", plan.kernel_line());
}

void add_channels(PlanBuilder& plan) {
  plan.add("-chardev", "stdio,id=console,signal=off");
  plan.add("-serial", "chardev:console");
  plan.add("-chardev", qemu_socket(plan, "qmp", k_qmp_socket, true));
  plan.add("-mon", "chardev=qmp,mode=control");
  plan.add("-device", virtio_device(plan.vm(), "virtio-serial"));
  plan.add("-chardev", qemu_socket(plan, "report", k_report_socket, true));
  plan.add("-device", "virtserialport,chardev=report,name=vmcred.report");
  plan.add("-chardev", qemu_socket(plan, "tty", k_console_socket, true));
  plan.add("-device", "virtconsole,chardev=tty");
  if (plan.transport() != config::Transport::virtio_serial) return;
  plan.add("-chardev", qemu_socket(plan, "credentials", k_credentials_socket, true));
  plan.add("-device", concat("virtserialport,chardev=credentials,name=", credential::k_pull_port));
}

void add_vsock(PlanBuilder& plan) {
  if (!plan.host().vsock) return;
  if (*plan.host().vsock == VsockBackEnd::vhost) {
    plan.add("-device",
             concat(virtio_device(plan.vm(), "vhost-vsock"), ",guest-cid=", plan.vm().vsock_cid.value()));
    return;
  }
  plan.add("-chardev", qemu_socket(plan, "vsock", k_vsock_device_socket, false));
  plan.add("-device", concat(virtio_device(plan.vm(), "vhost-user-vsock"), ",chardev=vsock"));
}

void add_credentials(PlanBuilder& plan, std::span<const CredentialOutline> outlines,
                     const Assignment& assignment) {
  const auto limits = transport_limits(plan.vm()).fw_cfg;
  const std::size_t items = assignment.fw_cfg_items.size();
  if (limits && items > limits->default_items) plan.add("-global", fw_cfg_slots(items));
  for (auto& [option, text, file] : qemu_credential_options(outlines, assignment)) {
    plan.add(std::move(option));
    plan.add_file(std::move(text), std::move(file));
  }
}

}  // namespace

std::string option_value(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped.append(c == ',' ? 2 : 1, c);
  return escaped;
}

std::string virtio_device(const VirtualMachine& vm, std::string_view kind) {
  return concat(kind, is_microvm(vm) ? "-device" : "-pci");
}

std::string qemu_socket(const PlanBuilder& plan, std::string_view id, std::string_view name, bool server) {
  return concat("socket,id=", id, ",path=", option_value(plan.socket_path(name)),
                server ? ",server=on,wait=off" : "");
}

base::Result<LaunchPlan> plan_qemu(const VirtualMachine& vm, std::span<const CredentialOutline> outlines,
                                   const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  add_machine(plan);
  add_boot(plan);
  add_channels(plan);
  add_vsock(plan);
  add_qemu_balloon(plan);
  add_qemu_hotplug(plan);
  add_qemu_volumes(plan);
  add_qemu_shares(plan);
  add_qemu_interfaces(plan);
  add_qemu_host_devices(plan);
  add_qemu_screen(plan);
  add_credentials(plan, outlines, carriage.assignment);
  plan.add_extra_args();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
