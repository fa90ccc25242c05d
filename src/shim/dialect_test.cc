// SPDX-License-Identifier: Apache-2.0
#include "shim/dialect.h"

#include <gtest/gtest.h>

namespace vmcred::shim {
namespace {

using Words = std::vector<std::string>;

bool starts(std::string_view hypervisor, const Words& words) {
  return starts_a_vm(**find_dialect(hypervisor), words);
}

TEST(DialectTest, AnUnknownHypervisorIsAnErrorWithASuggestion) {
  const auto dialect = find_dialect("cloud-hyprvisor");
  ASSERT_FALSE(dialect);
  EXPECT_EQ(dialect.error().what, "unknown hypervisor 'cloud-hyprvisor' (did you mean 'cloud-hypervisor'?)");
  EXPECT_EQ(dialect.error().hint,
            "there are qemu, cloud-hypervisor, firecracker, crosvm, kvmtool, stratovirt, alioth, vfkit");
}

// microvm.nix's scripts for shutdown and balloon run the same program.
TEST(DialectTest, CommandsForARunningVmStartNone) {
  EXPECT_TRUE(starts("crosvm", {"run", "-m", "1", "/k"}));
  EXPECT_TRUE(starts("crosvm", {"--log-level", "debug", "run", "/k"}));
  EXPECT_FALSE(starts("crosvm", {"powerbtn", "test-vm.sock"}));
  EXPECT_FALSE(starts("crosvm", {"balloon", "1024", "test-vm.sock"}));
  EXPECT_FALSE(starts("crosvm", {"device", "gpu"}));
  EXPECT_FALSE(starts("kvmtool", {"balloon", "-i", "1", "-n", "run"}));
  EXPECT_TRUE(starts("alioth", {"run", "-k", "/k"}));
  EXPECT_TRUE(starts("alioth", {"boot", "-k", "/k"}));
}

TEST(DialectTest, QuestionsStartNoVm) {
  EXPECT_FALSE(starts("cloud-hypervisor", {"--version"}));
  EXPECT_FALSE(starts("qemu", {"-version"}));
  EXPECT_FALSE(starts("firecracker", {"--help"}));
  EXPECT_TRUE(starts("qemu", {"-M", "q35"}));
}

}  // namespace
}  // namespace vmcred::shim
