// SPDX-License-Identifier: Apache-2.0
#include "network/commands.h"

#include "base/text.h"
#include "config/load.h"

namespace vmcred::network {
namespace {

using base::concat;
using config::Interface;

std::string tap_up(const Interface& interface, unsigned queues, uid_t owner) {
  std::string lines = concat("tuntap add dev ", interface.id, " mode tap user ", owner, " vnet_hdr",
                             queues > 1 ? " multi_queue" : "", "\n");
  if (!interface.bridge.empty())
    lines += concat("link set dev ", interface.id, " master ", interface.bridge, "\n");
  return lines + concat("link set dev ", interface.id, " up\n");
}

// The guest has the address; the host itself must not answer for it.
std::string macvtap_up(const Interface& interface) {
  return concat("link add link ", interface.link, " name ", interface.id, " address ", interface.mac,
                " type macvtap mode ", config::spelling(interface.mode), "\nlink set dev ", interface.id,
                " allmulticast on addrgenmode none up\n");
}

}  // namespace

std::string up_commands(const Interface& interface, unsigned queues, uid_t owner) {
  return interface.type == Interface::Type::macvtap ? macvtap_up(interface)
                                                    : tap_up(interface, queues, owner);
}

std::string down_commands(const Interface& interface) { return concat("link del dev ", interface.id, "\n"); }

}  // namespace vmcred::network
