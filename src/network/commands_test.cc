// SPDX-License-Identifier: Apache-2.0
#include "network/commands.h"

#include <gtest/gtest.h>

namespace vmcred::network {
namespace {

using config::Interface;

Interface named(Interface::Type type) {
  Interface interface;
  interface.type = type;
  interface.id = "vm-test";
  return interface;
}

TEST(Commands, ATapIsItsUsersAlone) {
  const Interface tap = named(Interface::Type::tap);
  EXPECT_EQ(up_commands(tap, "web", 1, 991),
            "tuntap add dev vm-test mode tap user 991 vnet_hdr\n"
            "link set dev vm-test alias \"vmcred VM web\"\n"
            "link set dev vm-test up\n");
  EXPECT_EQ(down_commands("vm-test"), "link del dev vm-test\n");
}

TEST(Commands, ATapOfSeveralCpusHasSeveralQueues) {
  const Interface tap = named(Interface::Type::tap);
  EXPECT_EQ(up_commands(tap, "web", 4, 991),
            "tuntap add dev vm-test mode tap user 991 vnet_hdr multi_queue\n"
            "link set dev vm-test alias \"vmcred VM web\"\n"
            "link set dev vm-test up\n");
}

TEST(Commands, ATapJoinsItsBridgeBeforeItIsUp) {
  Interface tap = named(Interface::Type::tap);
  tap.bridge = "br0";
  EXPECT_EQ(up_commands(tap, "web", 1, 991),
            "tuntap add dev vm-test mode tap user 991 vnet_hdr\n"
            "link set dev vm-test alias \"vmcred VM web\"\n"
            "link set dev vm-test master br0\n"
            "link set dev vm-test up\n");
}

TEST(Commands, AMacvtapHasTheGuestsAddressAndNoneOfTheHosts) {
  Interface macvtap = named(Interface::Type::macvtap);
  macvtap.mac = "02:00:00:01:01:01";
  macvtap.link = "eth0";
  macvtap.mode = Interface::MacvtapMode::private_;
  EXPECT_EQ(up_commands(macvtap, "web", 4, 991),
            "link add link eth0 name vm-test address 02:00:00:01:01:01 type macvtap mode private\n"
            "link set dev vm-test alias \"vmcred VM web\"\n"
            "link set dev vm-test allmulticast on addrgenmode none up\n");
}

}  // namespace
}  // namespace vmcred::network
