// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/load.h"
#include "vmm/capability.h"
#include "vmm/qemu_parts.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::ForwardedPort;
using config::Interface;

// Where the guest connects to unless the config says: QEMU's own default, and free in its network.
constexpr std::string_view k_forwarded_address = "10.0.2.4";

std::string_view either(const std::string& address, std::string_view usual) {
  return address.empty() ? usual : std::string_view(address);
}

// What reaches QEMU on the host goes to the guest, or the other way round.
std::string forwarding(const ForwardedPort& port) {
  const auto protocol = config::spelling(port.protocol);
  if (port.from == ForwardedPort::From::host)
    return concat(",hostfwd=", protocol, ":", option_value(port.host_address), ":", port.host_port, "-",
                  option_value(port.guest_address), ":", port.guest_port);
  return concat(",guestfwd=", protocol, ":", option_value(either(port.guest_address, k_forwarded_address)),
                ":", port.guest_port, "-", protocol, ":",
                option_value(either(port.host_address, "127.0.0.1")), ":", port.host_port);
}

std::string user_network(const config::VirtualMachine& vm, const std::string& id) {
  std::string value = concat("user,id=", id);
  for (const auto& port : vm.forwarded_ports) value += forwarding(port);
  return value;
}

std::string tap(const Interface& interface, const std::string& id, unsigned queues) {
  return concat("tap,id=", id, ",ifname=", option_value(interface.id), ",script=no,downscript=no",
                queues > 1 ? concat(",queues=", queues) : "", interface.vhost ? ",vhost=on" : "");
}

void add_back_end(PlanBuilder& plan, const Interface& interface, const std::string& id, bool takes_ports) {
  const unsigned queues = queue_pairs(plan.vm());
  plan.add("-netdev");
  switch (interface.type) {
    case Interface::Type::user:
      plan.add(takes_ports ? user_network(plan.vm(), id) : concat("user,id=", id));
      break;
    case Interface::Type::tap:
      plan.add(tap(interface, id, queues));
      break;
    case Interface::Type::macvtap:
      plan.add_descriptors(concat("tap,id=", id, interface.vhost ? ",vhost=on" : "", ",fds="),
                           plan.plan_macvtap(interface, queues));
      break;
  }
}

// Two vectors for each pair of queues, one for the configuration and one for the control queue.
std::string multiqueue(const config::VirtualMachine& vm, const Interface& interface) {
  const unsigned queues = queue_pairs(vm);
  if (!config::is_on_host(interface) || queues == 1) return "";
  const bool has_vectors = vm.machine != config::Machine::microvm;
  return concat(",mq=on", has_vectors ? concat(",vectors=", 2 * queues + 2) : "");
}

}  // namespace

void add_qemu_interfaces(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  bool takes_ports = true;  // the first user network does
  for (std::size_t i = 0; i < vm.interfaces.size(); ++i) {
    const auto& interface = vm.interfaces[i];
    const std::string id = concat("net", i);
    add_back_end(plan, interface, id, takes_ports);
    if (interface.type == Interface::Type::user) takes_ports = false;
    // Booting over the network is not for a guest that has its kernel from the host.
    const bool has_rom = vm.machine != config::Machine::microvm;
    plan.add("-device", concat(virtio_device(vm, "virtio-net"), ",netdev=", id, ",mac=", interface.mac,
                               multiqueue(vm, interface), has_rom ? ",romfile=" : ""));
  }
}

}  // namespace vmcred::vmm
