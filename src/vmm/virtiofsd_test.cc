// SPDX-License-Identifier: Apache-2.0
#include "vmm/virtiofsd.h"

#include <gmock/gmock.h>

#include "support/machine.h"

namespace vmcred::vmm {
namespace {

using config::Share;
using testing::ElementsAre;
using testing::IsEmpty;

config::VirtualMachine machine(config::Hypervisor hypervisor) {
  auto vm = test_support::machine();
  vm.hypervisor = hypervisor;
  vm.shares = {{.protocol = Share::Protocol::plan9, .tag = "a", .source = "/a"},
               {.tag = "b", .source = "/b", .read_only = true, .cache = Share::Cache::never},
               {.tag = "c", .source = "/c", .virtiofsd_args = {"--xattr"}}};
  return vm;
}

TEST(PlanVirtiofsdTest, EachVirtiofsShareHasOne) {
  const auto plans = plan_virtiofsd(machine(config::Hypervisor::qemu), "/run/v");
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].program, "virtiofsd");
  EXPECT_EQ(plans[0].socket, "/run/v/virtiofs-b.sock");
  EXPECT_THAT(plans[0].arguments,
              ElementsAre("--socket-path=/run/v/virtiofs-b.sock", "--shared-dir=/b", "--sandbox=none",
                          "--inode-file-handles=never", "--cache=never", "--readonly"));
  EXPECT_THAT(plans[1].arguments,
              ElementsAre("--socket-path=/run/v/virtiofs-c.sock", "--shared-dir=/c", "--sandbox=none",
                          "--inode-file-handles=never", "--cache=auto", "--xattr"));
}

TEST(PlanVirtiofsdTest, CrosvmAsksItForTheTag) {
  const auto plans = plan_virtiofsd(machine(config::Hypervisor::crosvm), "/run/v");
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_THAT(plans[0].arguments, testing::Contains("--tag=b"));
}

TEST(PlanVirtiofsdTest, VfkitSharesByItself) {
  EXPECT_THAT(plan_virtiofsd(machine(config::Hypervisor::vfkit), "/run/v"), IsEmpty());
}

}  // namespace
}  // namespace vmcred::vmm
