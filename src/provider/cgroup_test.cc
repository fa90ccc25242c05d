// SPDX-License-Identifier: Apache-2.0
#include "provider/cgroup.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace vmcred::provider {
namespace {

std::string unit(std::string_view process, std::string_view manager = "0::/init.scope\n") {
  return unit_of_cgroup(process, manager).value_or("(none)");
}

TEST(CgroupTest, FindsTheUnitBelowItsSlices) {
  EXPECT_EQ(unit("0::/system.slice/microvm@web.service\n"), "microvm@web.service");
  EXPECT_EQ(unit("0::/system.slice/system-microvm.slice/microvm@web.service\n"), "microvm@web.service");
  EXPECT_EQ(unit("0::/microvm@web.service\n"), "microvm@web.service");
  EXPECT_EQ(unit("0::/system.slice/microvm@web.service"), "microvm@web.service");
}

TEST(CgroupTest, ControlGroupsOfTheUnitItselfBelongToIt) {
  EXPECT_EQ(unit("0::/system.slice/microvm@web.service/.control\n"), "microvm@web.service");
}

// A unit with Delegate=yes names the groups below its own as it likes.
TEST(CgroupTest, AUnitCannotNameAnother) {
  EXPECT_EQ(unit("0::/system.slice/evil.service/microvm@web.service\n"), "evil.service");
  EXPECT_EQ(unit("0::/system.slice/evil.service/system.slice/microvm@web.service\n"), "evil.service");
  EXPECT_EQ(unit("0::/user.slice/user-1000.slice/user@1000.service/app.slice/microvm@web.service\n"),
            "user@1000.service");
}

TEST(CgroupTest, KnowsVersionOneAndBoth) {
  EXPECT_EQ(unit("9:name=systemd:/system.slice/a.service\n8:pids:/x.service\n0::/\n",
                 "9:name=systemd:/init.scope\n0::/\n"),
            "a.service");
  EXPECT_EQ(unit("9:name=systemd:/\n0::/system.slice/a.service\n", "9:name=systemd:/\n0::/init.scope\n"),
            "a.service");
}

TEST(CgroupTest, InAContainerTheManagersPlaceIsTheRoot) {
  const std::string_view manager = "0::/machine.slice/machine-x.scope/payload/init.scope\n";
  EXPECT_EQ(unit("0::/machine.slice/machine-x.scope/payload/system.slice/a.service\n", manager), "a.service");
  EXPECT_EQ(unit("0::/system.slice/a.service\n", manager), "(none)");
}

TEST(CgroupTest, AProcessOutsideOfUnitsHasNone) {
  for (const std::string_view text : {"", "0::/\n", "0::/system.slice\n", "junk\n", "0:\n", "0::\n"})
    EXPECT_EQ(unit(text), "(none)") << text;
}

TEST(CgroupTest, AProcessThatIsGoneIsAnError) {
  const auto found = unit_of_process(0x3fffffff);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, base::ErrorKind::io);
}

}  // namespace
}  // namespace vmcred::provider
