// SPDX-License-Identifier: Apache-2.0
#include "vmm/qemu.h"

#include "base/text.h"
#include "config/load.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"
#include "vmm/assignment.h"
#include "vmm/capability.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Machine;

// QEMU numbers its own OEM strings structure from here; user handles must only be unique.
constexpr std::uint16_t k_first_oem_handle = 0x0E00;

// Slots that QEMU fills itself, with room to spare: it counts 17 on q35.
constexpr std::size_t k_own_fw_cfg_slots = 32;

// QEMU splits option values at commas; a doubled one stands for itself.
std::string option_value(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped.append(c == ',' ? 2 : 1, c);
  return escaped;
}

class QemuPlan {
 public:
  QemuPlan(const config::VirtualMachine& vm, const HostFacts& host) : m_vm(vm), m_host(host) {
    m_plan.program = host.program;
  }

  void add_machine() {
    add("-name", concat("guest=", m_vm.name));
    add("-no-user-config");
    add("-nodefaults");
    add("-display", "none");
    add("-no-reboot");
    add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    add("-machine",
        concat(config::spelling(m_vm.machine), ",dump-guest-core=off", is_microvm() ? ",acpi=on,rtc=on" : "",
               shares_memory() ? ",memory-backend=memory" : ""));
    add("-accel", m_host.kvm ? "kvm" : "tcg");
    add("-cpu", m_host.kvm ? "host" : "max");
    add("-smp", std::to_string(m_vm.vcpu));
    add("-m", concat(m_vm.mem_mib, "M"));
    // The backend is made before the machine's own choice about dumps is known.
    if (shares_memory())
      add("-object", concat("memory-backend-memfd,id=memory,size=", m_vm.mem_mib, "M,share=on,dump=off"));
  }

  void add_boot() {
    add("-kernel", m_vm.kernel);
    if (!m_vm.initrd.empty()) add("-initrd", m_vm.initrd);
    std::vector<std::string> parameters = {"console=ttyS0"};
    // Under emulation the microvm machine's kernel often waits for ever to calibrate its clock against a
    // timer.
    if (is_microvm() && !m_host.kvm) parameters.emplace_back("tsc_early_khz=2000000");
    parameters.insert(parameters.end(), m_vm.kernel_params.begin(), m_vm.kernel_params.end());
    add("-append", base::join(parameters, " "));
  }

  void add_channels() {
    add("-chardev", "stdio,id=console,signal=off");
    add("-serial", "chardev:console");
    add("-chardev", server_socket("qmp", k_qmp_socket));
    add("-mon", "chardev=qmp,mode=control");
    add("-device", virtio_device("virtio-serial"));
    add("-chardev", server_socket("report", k_report_socket));
    add("-device", "virtserialport,chardev=report,name=vmcred.report");
    add("-chardev", server_socket("tty", k_console_socket));
    add("-device", "virtconsole,chardev=tty");
  }

  void add_vsock() {
    if (!m_host.vsock) return;
    if (*m_host.vsock == VsockBackEnd::vhost) {
      add("-device", concat(virtio_device("vhost-vsock"), ",guest-cid=", m_vm.vsock_cid.value()));
      return;
    }
    add("-chardev", concat("socket,id=vsock,path=", socket_path(k_vsock_device_socket)));
    add("-device", concat(virtio_device("vhost-user-vsock"), ",chardev=vsock"));
  }

  void add_credentials(std::span<const CredentialOutline> outlines, const Assignment& assignment,
                       const TransportLimits& limits) {
    std::uint16_t handle = k_first_oem_handle;
    for (const auto& indexes : assignment.smbios_structures) {
      std::size_t text_bytes = 0;
      for (const auto i : indexes)
        text_bytes += credential::oem_string_length(outlines[i].name, outlines[i].size);
      add("-smbios");
      add_file("file=", {.content = PlannedFile::Content::oem_structure,
                         .credentials = indexes,
                         .size = smbios::oem_structure_size(indexes.size(), text_bytes),
                         .smbios_handle = handle++});
    }
    const std::size_t items = assignment.fw_cfg_items.size();
    if (limits.fw_cfg && items > limits.fw_cfg->default_items)
      add("-global", concat("fw_cfg_io.x-file-slots=", items + k_own_fw_cfg_slots));
    for (const auto i : assignment.fw_cfg_items) {
      add("-fw_cfg");
      add_file(concat("name=opt/io.systemd.credentials/", option_value(outlines[i].name.text()), ",file="),
               {.content = PlannedFile::Content::credential, .credentials = {i}, .size = outlines[i].size});
    }
  }

  void add_extra() {
    for (const auto& argument : m_vm.extra_args) add(argument);
  }

  LaunchPlan take() && { return std::move(m_plan); }

 private:
  void add(std::string argument) { m_plan.arguments.push_back({.text = std::move(argument)}); }
  void add(std::string option, std::string value) {
    add(std::move(option));
    add(std::move(value));
  }
  void add_file(std::string text, PlannedFile file) {
    m_plan.arguments.push_back({.text = std::move(text), .file = m_plan.files.size()});
    m_plan.files.push_back(std::move(file));
  }
  bool is_microvm() const { return m_vm.machine == Machine::microvm; }
  bool shares_memory() const { return m_host.vsock == VsockBackEnd::vhost_user; }
  // The machine without PCI has its virtio devices on a bus of their own.
  std::string virtio_device(std::string_view kind) const {
    return concat(kind, is_microvm() ? "-device" : "-pci");
  }
  std::string socket_path(std::string_view name) const {
    return option_value(concat(m_host.runtime_directory, "/", name));
  }
  std::string server_socket(std::string_view id, std::string_view name) const {
    return concat("socket,id=", id, ",path=", socket_path(name), ",server=on,wait=off");
  }

  const config::VirtualMachine& m_vm;
  const HostFacts& m_host;
  LaunchPlan m_plan;
};

}  // namespace

base::Result<LaunchPlan> plan_qemu(const config::VirtualMachine& vm,
                                   std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const TransportLimits limits, transport_limits(vm));
  auto assignment = assign_transports(outlines, limits);
  if (!assignment) return in(concat("vm ", base::quoted(vm.name)), std::move(assignment));

  QemuPlan plan(vm, host);
  plan.add_machine();
  plan.add_boot();
  plan.add_channels();
  plan.add_vsock();
  plan.add_credentials(outlines, *assignment, limits);
  plan.add_extra();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
