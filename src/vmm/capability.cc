// SPDX-License-Identifier: Apache-2.0
#include "vmm/capability.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/load.h"
#include "credential/credential.h"

namespace vmcred::vmm {
namespace {

using config::Hypervisor;
using config::Machine;
using config::Transport;

// Above 65,535 bytes QEMU, SeaBIOS and Linux each fail in a way of their own, most of them in silence;
// cloud-hypervisor writes on into the guest's memory.
constexpr std::size_t k_smbios_table_bytes = 64'000;

constexpr TransportOffer carries_all(Transport transport) {
  return {.transport = transport, .bytes = credential::k_max_total_bytes};
}
constexpr TransportOffer k_smbios = {.transport = Transport::smbios, .bytes = k_smbios_table_bytes};
constexpr TransportOffer k_smbios_by_request = {
    .transport = Transport::smbios, .bytes = k_smbios_table_bytes, .structures = 1, .request_bytes = 51'200};
// Free slots in QEMU 7.2 to 10.0, the smaller figure: one too many aborts QEMU with a core dump.
constexpr TransportOffer fw_cfg(std::size_t items) {
  return {.transport = Transport::fw_cfg, .bytes = credential::k_max_total_bytes, .items = items};
}

constexpr auto k_initrd = carries_all(Transport::initrd);
constexpr auto k_vsock = carries_all(Transport::vsock);
constexpr auto k_virtio_serial = carries_all(Transport::virtio_serial);

constexpr std::array k_q35_transports = {k_smbios, fw_cfg(15), k_initrd, k_virtio_serial, k_vsock};
constexpr std::array k_pc_transports = {k_smbios, fw_cfg(18), k_initrd, k_virtio_serial, k_vsock};
// -M microvm accepts -smbios and ignores it without a word, up to QEMU 10.0.
constexpr std::array k_microvm_transports = {fw_cfg(22), k_initrd, k_virtio_serial, k_vsock};
constexpr std::array k_cloud_hypervisor_transports = {k_smbios_by_request, k_initrd, k_vsock};
constexpr std::array k_firecracker_transports = {k_initrd, k_vsock, carries_all(Transport::mmds)};
constexpr std::array k_initrd_or_vsock = {k_initrd, k_vsock};
constexpr std::array k_vfkit_transports = {k_vsock};

constexpr std::array k_vhost = {VsockBackEnd::vhost};
constexpr std::array k_built_in = {VsockBackEnd::built_in};
constexpr std::array k_vhost_or_vhost_user = {VsockBackEnd::vhost, VsockBackEnd::vhost_user};
constexpr std::array k_vhost_or_built_in = {VsockBackEnd::vhost, VsockBackEnd::built_in};

constexpr Capability qemu(Machine machine, std::span<const TransportOffer> transports, bool hotplug) {
  return {.hypervisor = Hypervisor::qemu,
          .machine = machine,
          .transports = transports,
          .api = Api::qmp,
          .stop = StopMethod::qmp,
          .vsock = k_vhost_or_vhost_user,
          .balloon = {.device = true, .deflate_on_oom = true},
          .hugepages = true,
          .hotplug = hotplug,
          .interfaces = {.user = true, .tap = true, .macvtap = true, .several_queues = true, .vhost = true},
          .forwarded_ports = true,
          .shares = {.virtiofs = true,
                     .virtiofs_read_only = true,
                     .plan9 = true,
                     .plan9_read_only = true,
                     .plan9_models = true},
          .volumes = {.qcow2 = true, .serial = true, .direct = true, .read_only = true},
          .pci = true,
          .usb = true,
          .graphics = true,
          .console = true,
          .cpu_model = true,
          .uuid = true,
          .kernel_params = "console=ttyS0 reboot=t panic=-1",
          .program = "qemu-system-x86_64",
          .comes_from = "Debian: qemu-system-x86"};
}

constexpr Capability k_cloud_hypervisor = {
    .hypervisor = Hypervisor::cloud_hypervisor,
    .transports = k_cloud_hypervisor_transports,
    .api = Api::http,
    .by_requests = true,
    .stop = StopMethod::cloud_hypervisor_api,
    .vsock = k_built_in,
    .balloon = {.device = true, .initial = true, .deflate_on_oom = true},
    .hugepages = true,
    .hotplug = true,
    .hotplug_step_mib = 128,
    .interfaces = {.tap = true, .macvtap = true, .several_queues = true},
    .shares = {.virtiofs = true, .virtiofs_read_only = true},
    .volumes = {.qcow2 = true, .serial = true, .direct = true, .read_only = true},
    .pci = true,
    .uuid = true,
    .kernel_params = "console=ttyS0 reboot=t panic=-1",
    .program = "cloud-hypervisor",
    .comes_from = "its releases on GitHub"};

constexpr Capability k_firecracker = {
    .hypervisor = Hypervisor::firecracker,
    .transports = k_firecracker_transports,
    .api = Api::http,
    .by_requests = true,
    .stop = StopMethod::firecracker_api,
    .vsock = k_built_in,
    .balloon = {.device = true, .initial = true, .deflate_on_oom = true},
    .hugepages = true,
    .interfaces = {.tap = true},
    .volumes = {.read_only = true},
    .most_cpus = 32,
    .kernel_line_bytes = 2048,
    .kernel_params = "console=ttyS0 reboot=k panic=-1 i8042.noaux i8042.nomux i8042.dumbkbd",
    .program = "firecracker",
    .comes_from = "its releases on GitHub"};

constexpr Capability k_crosvm = {
    .hypervisor = Hypervisor::crosvm,
    .transports = k_initrd_or_vsock,
    .api = Api::crosvm_socket,
    .stop = StopMethod::crosvm_socket,
    .vsock = k_vhost,
    .balloon = {.device = true, .initial = true},
    .hugepages = true,
    .interfaces = {.tap = true, .macvtap = true, .several_queues = true, .vhost = true},
    .shares = {.virtiofs = true, .virtiofs_read_only = true, .plan9 = true},
    .volumes = {.qcow2 = true, .serial = true, .direct = true, .read_only = true},
    .pci = true,
    .kernel_params = "console=ttyS0 reboot=k panic=-1",
    .program = "crosvm",
    .comes_from = "its source"};

constexpr Capability k_kvmtool = {
    .hypervisor = Hypervisor::kvmtool,
    .transports = k_initrd_or_vsock,
    .vsock = k_vhost,
    .balloon = {.device = true},
    .interfaces = {.user = true, .tap = true, .macvtap = true, .vhost = true},
    .shares = {.plan9 = true},
    .volumes = {.direct = true, .read_only = true, .most = 4},
    .pci = true,
    .kernel_params =
        "console=ttyS0 noapic noacpi pci=conf1 reboot=k panic=1 i8042.direct=1 i8042.dumbkbd=1 "
        "i8042.nopnp=1 i8042.noaux=1",
    .not_in_paths = {.volumes = ",", .shares = ","},
    .program = "lkvm",
    .comes_from = "Debian: kvmtool"};

constexpr Capability k_stratovirt = {.hypervisor = Hypervisor::stratovirt,
                                     .transports = k_initrd_or_vsock,
                                     .api = Api::qmp,
                                     .vsock = k_vhost,
                                     .balloon = {.device = true, .deflate_on_oom = true},
                                     .interfaces = {.tap = true, .macvtap = true, .vhost = true},
                                     .shares = {.virtiofs = true, .virtiofs_read_only = true},
                                     .volumes = {.serial = true, .direct = true, .read_only = true},
                                     .console = true,
                                     .kernel_params = "console=ttyS0 pci=off reboot=k panic=-1",
                                     .not_in_paths = {.volumes = ",="},
                                     .program = "stratovirt",
                                     .comes_from = "its source"};

constexpr Capability k_alioth = {.hypervisor = Hypervisor::alioth,
                                 .transports = k_initrd_or_vsock,
                                 .vsock = k_vhost_or_built_in,
                                 .balloon = {.device = true},
                                 .interfaces = {.tap = true, .macvtap = true, .several_queues = true},
                                 .shares = {.virtiofs = true, .virtiofs_read_only = true},
                                 .volumes = {.read_only = true},
                                 .kernel_params = "console=ttyS0 reboot=t panic=-1",
                                 .program = "alioth",
                                 .comes_from = "crates.io: alioth-cli"};

constexpr Capability k_vfkit = {.hypervisor = Hypervisor::vfkit,
                                .transports = k_vfkit_transports,
                                .api = Api::http,
                                .stop = StopMethod::vfkit_api,
                                .readiness = Readiness::started,
                                .vsock = k_built_in,
                                .interfaces = {.user = true},
                                .shares = {.virtiofs = true},
                                .volumes = {.serial = true},
                                .graphics = true,
                                .kernel_params = "console=hvc0 reboot=t panic=-1",
                                .not_in_paths = {.boot = ",\"", .volumes = ",\"", .shares = ",\""},
                                .program = "vfkit",
                                .comes_from = "Homebrew, on macOS only"};

constexpr std::array k_capabilities = {
    qemu(Machine::q35, k_q35_transports, true),
    qemu(Machine::pc, k_pc_transports, true),
    qemu(Machine::microvm, k_microvm_transports, false),
    k_cloud_hypervisor,
    k_firecracker,
    k_crosvm,
    k_kvmtool,
    k_stratovirt,
    k_alioth,
    k_vfkit,
};

bool has_machines(const Capability& capability) { return capability.hypervisor == Hypervisor::qemu; }

}  // namespace

std::span<const Capability> capabilities() { return k_capabilities; }

const Capability& capability_of(const config::VirtualMachine& vm) {
  return *std::ranges::find_if(k_capabilities, [&](const Capability& row) {
    return row.hypervisor == vm.hypervisor && (!has_machines(row) || row.machine == vm.machine);
  });
}

const TransportOffer* offer(const Capability& capability, Transport transport) {
  const auto found = std::ranges::find(capability.transports, transport, &TransportOffer::transport);
  return found == capability.transports.end() ? nullptr : &*found;
}

Transport first_transport(const config::VirtualMachine& vm) {
  return vm.transport == Transport::automatic ? capability_of(vm).transports.front().transport : vm.transport;
}

std::vector<std::string> chosen(std::initializer_list<std::pair<bool, std::string_view>> words) {
  std::vector<std::string> result;
  for (const auto& [is_chosen, word] : words)
    if (is_chosen) result.emplace_back(word);
  return result;
}

std::vector<std::string> types_of(const InterfaceSupport& interfaces) {
  return chosen({{interfaces.user, "user"},
                 {interfaces.tap, "tap"},
                 {interfaces.tap, "bridge"},
                 {interfaces.macvtap, "macvtap"}});
}

std::string row_name(const Capability& capability) {
  const auto name = config::spelling(capability.hypervisor);
  return has_machines(capability) ? base::concat(name, " ", config::spelling(capability.machine))
                                  : std::string(name);
}

std::string sentence_name(const Capability& capability) {
  const auto name = config::spelling(capability.hypervisor);
  return has_machines(capability)
             ? base::concat(name, "'s machine ", base::quoted(config::spelling(capability.machine)))
             : std::string(name);
}

unsigned queue_pairs(const config::VirtualMachine& vm) {
  return capability_of(vm).interfaces.several_queues ? vm.vcpu : 1;
}

bool has_device(const config::VirtualMachine& vm, config::Device::Bus bus) {
  return std::ranges::any_of(vm.devices, [&](const auto& device) { return device.bus == bus; });
}

}  // namespace vmcred::vmm
