// SPDX-License-Identifier: Apache-2.0
#include "network/commands.h"

#include "base/text.h"
#include "config/load.h"

namespace vmcred::network {
namespace {

using base::concat;
using config::Interface;

// A mark has spaces; names of VMs have no character that would need more than quotes.
std::string mark_line(const Interface& interface, std::string_view vm) {
  return concat("link set dev ", interface.id, " alias \"", mark_of(vm), "\"\n");
}

std::string tap_up(const Interface& interface, std::string_view vm, unsigned queues, uid_t owner) {
  std::string lines = concat("tuntap add dev ", interface.id, " mode tap user ", owner, " vnet_hdr",
                             queues > 1 ? " multi_queue" : "", "\n", mark_line(interface, vm));
  if (!interface.bridge.empty())
    lines += concat("link set dev ", interface.id, " master ", interface.bridge, "\n");
  return lines + concat("link set dev ", interface.id, " up\n");
}

// The guest has the address; the host itself must not answer for it.
std::string macvtap_up(const Interface& interface, std::string_view vm) {
  return concat("link add link ", interface.link, " name ", interface.id, " address ", interface.mac,
                " type macvtap mode ", config::spelling(interface.mode), "\n", mark_line(interface, vm),
                "link set dev ", interface.id, " allmulticast on addrgenmode none up\n");
}

}  // namespace

std::string mark_of(std::string_view vm) { return concat("vmcred VM ", vm); }

std::string up_commands(const Interface& interface, std::string_view vm, unsigned queues, uid_t owner) {
  return interface.type == Interface::Type::macvtap ? macvtap_up(interface, vm)
                                                    : tap_up(interface, vm, queues, owner);
}

std::string down_commands(std::string_view interface) { return concat("link del dev ", interface, "\n"); }

}  // namespace vmcred::network
