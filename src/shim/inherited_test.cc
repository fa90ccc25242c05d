// SPDX-License-Identifier: Apache-2.0
#include "shim/inherited.h"

#include <gmock/gmock.h>

namespace vmcred::shim {
namespace {

using testing::ElementsAre;
using Words = std::vector<std::string>;

TEST(InheritedTest, DescriptorsAreFoundInAllTheirForms) {
  EXPECT_THAT(named_descriptors(Words{"fd=[3,4],mac=02:00:00:01:01:02,num_queues=4"}), ElementsAre(3, 4));
  EXPECT_THAT(named_descriptors(Words{"tap,id=m,fds=3:4,vhostfds=7:8"}), ElementsAre(3, 4, 7, 8));
  EXPECT_THAT(named_descriptors(Words{"tap-fd=5,mac=02:00", "tap,fd=9"}), ElementsAre(5, 9));
  EXPECT_THAT(named_descriptors(Words{"--initrd", "/dev/fd/6", "/proc/self/fd/6"}), ElementsAre(6));
  EXPECT_THAT(named_descriptors(Words{"fd=x", "fd=", "edd=off", "fd=-1", "fd=99999999999999"}),
              ElementsAre());
}

TEST(InheritedTest, OnlyABridgeNeedsAHelper) {
  EXPECT_TRUE(starts_bridge_helper(
      Words{"-netdev", "bridge,id=a,br=br0,helper=/run/wrappers/bin/qemu-bridge-helper"}));
  EXPECT_TRUE(starts_bridge_helper(Words{"-nic", "tap,helper=/x"}));
  EXPECT_FALSE(starts_bridge_helper(Words{"-netdev", "tap,id=a,ifname=a,script=no", "-name", "bridge"}));
}

}  // namespace
}  // namespace vmcred::shim
