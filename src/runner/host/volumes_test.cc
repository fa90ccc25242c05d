// SPDX-License-Identifier: Apache-2.0
#include "runner/host/volumes.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <array>
#include <functional>

#include "base/process.h"
#include "base/text.h"
#include "runner/beside/helper_program.h"
#include "runner/host/macvtap.h"
#include "runner/host/pre_start.h"
#include "runner/host/program.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using config::Volume;
using testing::ElementsAre;
using testing::HasSubstr;

class VolumesTest : public testing::Test {
 protected:
  config::VirtualMachine vm_with(const std::function<void(Volume&)>& describe) const {
    auto vm = test_support::machine();
    Volume volume;
    volume.image = m_tree.path("disk.img");
    describe(volume);
    vm.volumes = {std::move(volume)};
    return vm;
  }
  test_support::TemporaryDirectory m_tree;
};

TEST_F(VolumesTest, AMissingImageIsMadeWithItsFileSystemAndLabel) {
  const auto made = make_missing_volumes(vm_with([](Volume& v) {
                                           v.size_mib = 64;
                                           v.label = "data";
                                           v.mkfs_args = {"-m", "1"};
                                         }),
                                         std::nullopt);
  ASSERT_TRUE(made) << made.error().what;
  const auto status = test_support::status_of(m_tree.path("disk.img"));
  EXPECT_EQ(status.st_size, 64 * 1024 * 1024);
  EXPECT_LT(status.st_blocks * 512, 32 * 1024 * 1024) << "it is not sparse";
  EXPECT_EQ(test_support::mode_of(m_tree.path("disk.img")), 0600U);
  EXPECT_EQ(base::output_of({"/usr/sbin/e2label", m_tree.path("disk.img")}).value_or(""), "data\n");
  EXPECT_THAT(m_tree.names(), ElementsAre("disk.img"));
}

TEST_F(VolumesTest, AnImageThatIsThereStaysAsItIs) {
  m_tree.write("disk.img", "mine");
  ASSERT_TRUE(make_missing_volumes(vm_with([](Volume& v) { v.size_mib = 64; }), std::nullopt));
  EXPECT_EQ(test_support::read_file(m_tree.path("disk.img")), "mine");
}

TEST_F(VolumesTest, WhatAnInterruptedStartLeftIsReplaced) {
  m_tree.write("disk.img.unfinished", "half");
  ASSERT_TRUE(make_missing_volumes(vm_with([](Volume& v) {
                                     v.size_mib = 1;
                                     v.file_system = "";
                                   }),
                                   std::nullopt));
  EXPECT_EQ(test_support::read_file(m_tree.path("disk.img")), std::string(1024 * 1024, '\0'));
  EXPECT_THAT(m_tree.names(), ElementsAre("disk.img"));
}

TEST_F(VolumesTest, WithoutASizeAMissingImageIsAnError) {
  const auto made = make_missing_volumes(vm_with([](Volume&) {}), std::nullopt);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, base::ErrorKind::host);
  EXPECT_THAT(made.error().what, HasSubstr("disk.img is missing"));
  EXPECT_THAT(made.error().hint, HasSubstr("'size'"));
}

TEST_F(VolumesTest, AFileSystemNobodyCanMakeLeavesNothingBehind) {
  constexpr std::array<std::string_view, 3> k_optional = {"btrfs", "xfs", "vfat"};
  const auto* const missing = std::ranges::find_if(k_optional, [](std::string_view name) {
    return find_helper(base::concat("mkfs.", name), {"/usr/sbin", "/sbin"}).empty();
  });
  if (missing == k_optional.end()) GTEST_SKIP() << "this host can make them all";
  const auto made = make_missing_volumes(vm_with([&](Volume& v) {
                                           v.size_mib = 1;
                                           v.file_system = *missing;
                                         }),
                                         std::nullopt);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, base::ErrorKind::host);
  EXPECT_THAT(made.error().what, HasSubstr(base::concat("mkfs.", *missing, " is not installed")));
  EXPECT_THAT(m_tree.names(), testing::IsEmpty());
}

TEST_F(VolumesTest, AProgramThatFailsLeavesNothingBehind) {
  const auto made = make_missing_volumes(vm_with([](Volume& v) {
                                           v.size_mib = 1;
                                           v.mkfs_args = {"--no-such-option"};
                                         }),
                                         std::nullopt);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, HasSubstr("mkfs.ext4 failed"));
  EXPECT_THAT(m_tree.names(), testing::IsEmpty());
}

TEST_F(VolumesTest, ImagesBelongToTheVmsUser) {
  VMCRED_NEEDS_ROOT();
  ASSERT_EQ(::chmod(m_tree.path().c_str(), 0777), 0);
  const Identity user{.name = "x", .uid = 4711, .gid = 4712, .groups = {4712}};
  ASSERT_TRUE(make_missing_volumes(vm_with([](Volume& v) {
                                     v.size_mib = 1;
                                     v.file_system = "";
                                   }),
                                   user));
  EXPECT_EQ(test_support::status_of(m_tree.path("disk.img")).st_uid, 4711U);
}

TEST_F(VolumesTest, ThePreStartProgramRunsWithACleanEnvironment) {
  auto vm = test_support::machine();
  vm.pre_start = {"/bin/sh", "-c", "env > " + m_tree.path("environment")};
  ::setenv("VMCRED_TEST_CANARY", "1", 1);
  ASSERT_TRUE(run_pre_start(vm, std::nullopt));
  EXPECT_THAT(test_support::read_file(m_tree.path("environment")), testing::Not(HasSubstr("CANARY")));
}

TEST_F(VolumesTest, APreStartProgramThatFailsOrIsMissingRefusesTheStart) {
  auto vm = test_support::machine();
  vm.pre_start = {"/bin/sh", "-c", "exit 3"};
  const auto failed = run_pre_start(vm, std::nullopt);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, base::ErrorKind::host);
  EXPECT_EQ(failed.error().what, "'pre_start' failed: /bin/sh ended with exit code 3");
  vm.pre_start = {m_tree.path("missing")};
  EXPECT_FALSE(run_pre_start(vm, std::nullopt));
}

TEST_F(VolumesTest, AMacvtapInterfacesDeviceHasItsIndex) {
  m_tree.make_directory("vm-web");
  m_tree.write("vm-web/ifindex", "17\n");
  auto vm = test_support::machine();
  config::Interface interface;
  interface.type = config::Interface::Type::macvtap;
  interface.id = "vm-web";
  interface.link = "eth0";
  vm.interfaces = {interface};
  const auto devices = find_macvtap_devices(vm, m_tree.path());
  ASSERT_TRUE(devices);
  ASSERT_EQ(devices->size(), 1U);
  EXPECT_EQ(devices->front().path, "/dev/tap17");
  vm.interfaces[0].id = "vm-other";
  const auto missing = find_macvtap_devices(vm, m_tree.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what, "this host has no interface 'vm-other'");
}

TEST(ParseVersionTest, TheFirstTwoNumbersCount) {
  EXPECT_EQ(parse_version("cloud-hypervisor v53.0-246-gae44c2971\n"),
            (vmm::Version{.major = 53, .minor = 0}));
  EXPECT_EQ(parse_version("Firecracker v1.16.1\n"), (vmm::Version{.major = 1, .minor = 16}));
  for (const auto* text : {"", "no number", "v7", "v7.", "99999999999.1"})
    EXPECT_EQ(parse_version(text), std::nullopt) << text;
}

}  // namespace
}  // namespace vmcred::runner
