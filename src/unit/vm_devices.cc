// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_devices.h"

#include <algorithm>
#include <array>

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

void add_address_families(const VirtualMachine& vm, Network network, systemd::UnitText& text) {
  // Virtual sockets know no network namespace, and ours listens for its guest on one.
  text.set("RestrictAddressFamilies", "AF_UNIX", may_use_kernel_vsock(vm) ? " AF_VSOCK" : "",
           network == Network::none ? "" : " AF_INET AF_INET6 AF_NETLINK");
}

}  // namespace

Network network_of(const VirtualMachine& vm) {
  Network network = Network::none;
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
  const bool any_device = may_use_kvm(vm) || may_use_kernel_vsock(vm) || network == Network::tap;
  if (any_device) {
    text.comment("accelerator, vsock, extra_args: the devices that it may open");
    text.set("DevicePolicy", "closed");
    if (may_use_kvm(vm)) text.set("DeviceAllow", "/dev/kvm rw");
    if (may_use_kernel_vsock(vm)) text.set("DeviceAllow", "/dev/vhost-vsock rw");
    if (network == Network::tap) text.set("DeviceAllow", "/dev/net/tun rw");
    text.comment("the group of /dev/kvm and /dev/vhost-vsock");
    if (may_use_kvm(vm) || may_use_kernel_vsock(vm)) text.set("SupplementaryGroups", "kvm");
  } else {
    text.comment("accelerator, vsock: no device is needed");
    text.set("PrivateDevices", "yes");
  }
  text.comment(network == Network::none ? "extra_args: no network" : "extra_args: a network");
  if (network == Network::none) text.set("PrivateNetwork", "yes");
  add_address_families(vm, network, text);
}

}  // namespace vmcred::unit
