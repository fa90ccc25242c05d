// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_devices.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace vmcred::unit {
namespace {

using config::VirtualMachine;
using config::VsockDevice;

bool names_network(std::string_view option) {
  static constexpr std::array<std::string_view, 6> k_options = {"-netdev", "--netdev", "-nic",
                                                                "--nic",   "-net",     "--net"};
  return std::ranges::find(k_options, option) != k_options.end();
}

bool may_use_kernel_vsock(const VirtualMachine& vm) {
  return vm.vsock_cid.has_value() && vm.vsock_device != VsockDevice::vhost_user;
}

bool may_use_kvm(const VirtualMachine& vm) { return vm.accelerator != config::Accelerator::tcg; }

Network network_of_interfaces(const VirtualMachine& vm) {
  Network network = Network::none;
  for (const auto& interface : vm.interfaces) {
    if (interface.type != config::Interface::Type::user) return Network::tap;
    network = Network::host;
  }
  return network;
}

Network network_of_arguments(const VirtualMachine& vm) {
  Network network = Network::none;
  for (std::size_t i = 0; i + 1 < vm.extra_args.size(); ++i) {
    if (!names_network(vm.extra_args[i])) continue;
    const std::string_view value = vm.extra_args[i + 1];
    if (value.starts_with("tap") || value.starts_with("bridge")) return Network::tap;
    if (value != "none") network = Network::host;
  }
  return network;
}

bool has_interface(const VirtualMachine& vm, config::Interface::Type type) {
  return std::ranges::find(vm.interfaces, type, &config::Interface::type) != vm.interfaces.end();
}

// Each device that it may open, as DeviceAllow= names it.
std::vector<std::string> devices_of(const VirtualMachine& vm) {
  std::vector<std::string> devices;
  if (may_use_kvm(vm)) devices.emplace_back("/dev/kvm");
  if (may_use_kernel_vsock(vm)) devices.emplace_back("/dev/vhost-vsock");
  if (network_of(vm) == Network::tap) devices.emplace_back("/dev/net/tun");
  if (has_interface(vm, config::Interface::Type::macvtap)) devices.emplace_back("char-macvtap");
  if (std::ranges::any_of(vm.interfaces, &config::Interface::vhost)) devices.emplace_back("/dev/vhost-net");
  if (has_device(vm, config::Device::Bus::pci)) devices.emplace_back("char-vfio");
  if (has_device(vm, config::Device::Bus::usb)) devices.emplace_back("char-usb_device");
  for (const auto& volume : vm.volumes)
    if (volume.image.starts_with("/dev/")) devices.push_back(systemd::list_word(volume.image));
  return devices;
}

void add_address_families(const VirtualMachine& vm, Network network, systemd::UnitText& text) {
  // Virtual sockets know no network namespace, and ours listens for its guest on one.
  text.set("RestrictAddressFamilies", "AF_UNIX", may_use_kernel_vsock(vm) ? " AF_VSOCK" : "",
           network == Network::none ? "" : " AF_INET AF_INET6 AF_NETLINK");
}

}  // namespace

bool has_device(const VirtualMachine& vm, config::Device::Bus bus) {
  return std::ranges::any_of(vm.devices, [&](const config::Device& device) { return device.bus == bus; });
}

Network network_of(const VirtualMachine& vm) {
  return std::max(network_of_interfaces(vm), network_of_arguments(vm));
}

void add_devices(const VirtualMachine& vm, systemd::UnitText& text) {
  const Network network = network_of(vm);
  if (const auto devices = devices_of(vm); !devices.empty()) {
    text.comment(
        "accelerator, vsock, interfaces, devices, volumes, extra_args: the devices that it may open");
    text.set("DevicePolicy", "closed");
    for (const std::string& device : devices) text.set("DeviceAllow", device, " rw");
    if (may_use_kvm(vm) || may_use_kernel_vsock(vm)) {
      text.comment("the group of /dev/kvm and /dev/vhost-vsock");
      text.set("SupplementaryGroups", "kvm");
    }
  } else {
    text.comment("accelerator, vsock: no device is needed");
    text.set("PrivateDevices", "yes");
  }
  text.comment(network == Network::none ? "interfaces, extra_args: no network"
                                        : "interfaces, extra_args: a network");
  if (network == Network::none) text.set("PrivateNetwork", "yes");
  add_address_families(vm, network, text);
}

}  // namespace vmcred::unit
