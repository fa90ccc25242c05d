// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_devices.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "unit/vm_storage.h"
#include "vmm/capability.h"

namespace vmcred::unit {
namespace {

using config::VirtualMachine;
using Type = config::Interface::Type;
using config::VsockDevice;

bool names_network(std::string_view option) {
  static constexpr std::array<std::string_view, 6> k_options = {"-netdev", "--netdev", "-nic",
                                                                "--nic",   "-net",     "--net"};
  return std::ranges::find(k_options, option) != k_options.end();
}

bool may_use_kernel_vsock(const VirtualMachine& vm) {
  const auto offered = vmm::capability_of(vm).vsock;
  return vm.vsock_cid.has_value() && vm.vsock_device != VsockDevice::vhost_user &&
         std::ranges::find(offered, vmm::VsockBackEnd::vhost) != offered.end();
}

// Nothing but QEMU can emulate.
bool may_use_kvm(const VirtualMachine& vm) {
  return vm.hypervisor != config::Hypervisor::qemu || vm.accelerator != config::Accelerator::tcg;
}

bool has_interface(const VirtualMachine& vm, Type type) {
  return std::ranges::any_of(vm.interfaces, [&](const auto& interface) { return interface.type == type; });
}

bool has_vhost_interface(const VirtualMachine& vm) {
  return std::ranges::any_of(vm.interfaces, [](const auto& interface) { return interface.vhost; });
}

// As DeviceAllow= has them; of names with "char-" systemd looks up the numbers.
std::vector<std::string> allowed_devices(const VirtualMachine& vm, Network network) {
  std::vector<std::string> devices;
  const auto allow = [&](bool is_needed, std::string_view device) {
    if (is_needed) devices.push_back(base::concat(device, " rw"));
  };
  allow(may_use_kvm(vm), "/dev/kvm");
  allow(may_use_kernel_vsock(vm), "/dev/vhost-vsock");
  allow(network == Network::tap, "/dev/net/tun");
  allow(has_vhost_interface(vm), "/dev/vhost-net");
  allow(has_macvtap(vm), "char-macvtap");
  allow(vmm::has_device(vm, config::Device::Bus::pci), "/dev/vfio/vfio");
  allow(vmm::has_device(vm, config::Device::Bus::pci), "char-vfio");
  allow(vmm::has_device(vm, config::Device::Bus::usb), "char-usb_device");
  for (const auto& disk : disk_devices_of(vm, DiskUse::written)) allow(true, systemd::list_word(disk));
  for (const auto& disk : disk_devices_of(vm, DiskUse::read))
    devices.push_back(base::concat(systemd::list_word(disk), " r"));
  return devices;
}

void add_address_families(const VirtualMachine& vm, Network network, systemd::UnitText& text) {
  const bool has_network = network != Network::none;
  // Virtual sockets know no network namespace, and ours listens for its guest on one. libusb does not begin
  // before it hears of new devices by netlink.
  text.set("RestrictAddressFamilies", "AF_UNIX", may_use_kernel_vsock(vm) ? " AF_VSOCK" : "",
           has_network ? " AF_INET AF_INET6" : "",
           has_network || vmm::has_device(vm, config::Device::Bus::usb) ? " AF_NETLINK" : "");
}

}  // namespace

bool has_macvtap(const VirtualMachine& vm) { return has_interface(vm, Type::macvtap); }

Network network_of(const VirtualMachine& vm) {
  if (std::ranges::any_of(vm.interfaces, config::is_on_host)) return Network::tap;
  Network network = has_interface(vm, Type::user) ? Network::host : Network::none;
  for (std::size_t i = 0; i + 1 < vm.extra_args.size(); ++i) {
    if (!names_network(vm.extra_args[i])) continue;
    const std::string_view value = vm.extra_args[i + 1];
    if (value.starts_with("tap") || value.starts_with("bridge")) return Network::tap;
    if (value != "none") network = Network::host;
  }
  return network;
}

void add_devices(const VirtualMachine& vm, systemd::UnitText& text) {
  const Network network = network_of(vm);
  const auto devices = allowed_devices(vm, network);
  if (devices.empty()) {
    text.comment("accelerator, vsock: no device is needed");
    text.set("PrivateDevices", "yes");
  } else {
    text.comment(
        "accelerator, vsock, interfaces, devices, volumes, extra_args: the devices that it may open");
    text.set("DevicePolicy", "closed");
    for (const auto& device : devices) text.set("DeviceAllow", device);
    if (may_use_kvm(vm) || may_use_kernel_vsock(vm) || has_vhost_interface(vm)) {
      text.comment("the group of /dev/kvm, /dev/vhost-vsock and /dev/vhost-net");
      text.set("SupplementaryGroups", "kvm");
    }
  }
  text.comment(network == Network::none ? "extra_args, interfaces: no network"
                                        : "extra_args, interfaces: a network");
  if (network == Network::none) text.set("PrivateNetwork", "yes");
  add_address_families(vm, network, text);
}

}  // namespace vmcred::unit
