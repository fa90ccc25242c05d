// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "vmm/check.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using base::quoted;
using config::ForwardedPort;
using config::Hypervisor;
using config::Interface;

bool is_user(const Interface& interface) { return interface.type == Interface::Type::user; }

bool has_type(const InterfaceSupport& can, Interface::Type type) {
  switch (type) {
    case Interface::Type::user:
      return can.user;
    case Interface::Type::tap:
      return can.tap;
    case Interface::Type::macvtap:
      break;
  }
  return can.macvtap;
}

void check_interface(Findings& findings, const Interface& interface, const std::string& key) {
  const auto& can = findings.can.interfaces;
  const std::string which = interface.id.empty() ? "" : concat(" (", quoted(interface.id), ")");
  if (!has_type(can, interface.type)) {
    findings.add(concat(key, ".type"),
                 concat(findings.name, " has no interface of type ", config::spelling(interface.type), which),
                 concat("choose one of: ", base::join(types_of(can), ", ")));
    return;
  }
  if (interface.vhost && !can.vhost)
    findings.lacks(concat(key, ".vhost"), concat("network by the kernel's vhost", which),
                   [](const Capability& row) { return row.interfaces.vhost; });
}

// kvmtool's own network is there once.
void check_user_networks(Findings& findings) {
  const auto& interfaces = findings.vm.interfaces;
  if (findings.vm.hypervisor != Hypervisor::kvmtool || std::ranges::count_if(interfaces, is_user) < 2) return;
  findings.add("interfaces", "kvmtool takes one interface of type user", "use type = \"tap\" for the others");
}

// Of QEMU's network for the guest, without its gateway and its name server.
bool is_forwarded_address(const std::string& address) {
  return address.starts_with("10.0.2.") && address != "10.0.2.2" && address != "10.0.2.3";
}

void check_port_from_guest(Findings& findings, const ForwardedPort& port, const std::string& key) {
  if (port.protocol == ForwardedPort::Protocol::udp)
    findings.add(
        concat(key, ".protocol"),
        concat(findings.name, " forwards no UDP port from the guest to the host (", port.guest_port, ")"),
        "use protocol = \"tcp\"");
  if (!port.guest_address.empty() && !is_forwarded_address(port.guest_address))
    findings.add(concat(key, ".guest.address"),
                 concat("the guest reaches a port of the host's at an address in 10.0.2.0/24, but not at "
                        "10.0.2.2 and 10.0.2.3, so not at ",
                        quoted(port.guest_address)),
                 "leave 'guest.address' out: it is 10.0.2.4 then");
}

void check_forwarded_ports(Findings& findings) {
  const auto& vm = findings.vm;
  if (vm.forwarded_ports.empty()) return;
  if (!findings.can.forwarded_ports) {
    findings.lacks("forward_ports", "port forwarding",
                   [](const Capability& row) { return row.forwarded_ports; });
    return;
  }
  if (std::ranges::none_of(vm.interfaces, is_user))
    findings.add("forward_ports",
                 "ports are forwarded through an interface of type user, and this VM has none",
                 "add an interface with type = \"user\"");
  for (std::size_t i = 0; i < vm.forwarded_ports.size(); ++i) {
    const auto& port = vm.forwarded_ports[i];
    if (port.from == ForwardedPort::From::guest)
      check_port_from_guest(findings, port, concat("forward_ports[", i, "]"));
  }
}

}  // namespace

void check_interfaces(Findings& findings) {
  const auto& interfaces = findings.vm.interfaces;
  for (std::size_t i = 0; i < interfaces.size(); ++i)
    check_interface(findings, interfaces[i], concat("interfaces[", i, "]"));
  check_user_networks(findings);
  check_forwarded_ports(findings);
}

}  // namespace vmcred::vmm
