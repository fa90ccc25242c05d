// SPDX-License-Identifier: Apache-2.0
// W6, and the limits of cloud-hypervisor's one structure and of its requests, to the byte.
#include "vmm/cloud_hypervisor.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/machine.h"
#include "vmm/json_body.h"

namespace vmcred::vmm {
namespace {

using config::Transport;
using testing::HasSubstr;

const HostFacts k_cloud_host{.program = "/ch", .runtime_directory = "/run/v", .kvm = true};

CredentialOutline outline(std::size_t size) {
  return {.name = test_support::credential_name("KEY"), .size = size};
}

config::VirtualMachine cloud_machine(config::GuestSystemd systemd = {}) {
  auto vm = test_support::machine();
  vm.hypervisor = config::Hypervisor::cloud_hypervisor;
  vm.initrd = "/boot/initrd";
  vm.guest_systemd = systemd;
  return vm;
}

const config::GuestSystemd k_systemd_257{.kind = config::GuestSystemd::Kind::version, .version = 257};

bool goes_by_initrd(const config::VirtualMachine& vm, std::size_t size,
                    const HostFacts& host = k_cloud_host) {
  const std::vector outlines = {outline(size)};
  const auto plan = plan_cloud_hypervisor(vm, outlines, host);
  EXPECT_TRUE(plan) << plan.error().what;
  return plan && !plan->files.empty();
}

// 5 bytes of header, 33 of "io.systemd.credential.binary:KEY=", two terminators: 4,056 for base64.
constexpr std::size_t k_most_in_a_page = 3'042;

TEST(PlanCloudHypervisorTest, OneStructureIsFilledToTheLastByteAndTheNextGoesByTheInitrd) {
  EXPECT_FALSE(goes_by_initrd(cloud_machine(), k_most_in_a_page));
  EXPECT_TRUE(goes_by_initrd(cloud_machine(), k_most_in_a_page + 1));
}

TEST(PlanCloudHypervisorTest, TwoThatFitOneStructureEachDoNotGetTwo) {
  const std::vector outlines = {outline(2'000), {.name = test_support::credential_name("B"), .size = 2'000}};
  const auto plan = plan_cloud_hypervisor(cloud_machine(), outlines, k_cloud_host);
  ASSERT_TRUE(plan) << plan.error().what;
  ASSERT_EQ(plan->files.size(), 1U);
  EXPECT_EQ(plan->files.front().content, PlannedFile::Content::initrd);
}

std::size_t body_bytes(std::size_t size) {
  auto vm = cloud_machine(k_systemd_257);
  HostFacts large = k_cloud_host;
  large.version = Version{.major = 54, .minor = 0};
  const std::vector outlines = {outline(size)};
  return most_body_bytes(plan_cloud_hypervisor(vm, outlines, large)->requests.front().body, outlines);
}

TEST(PlanCloudHypervisorTest, ARequestIsFilledToItsLimitWhichIsLargerAfterVersion53) {
  std::size_t size = 38'000;
  while (body_bytes(size + 1) <= 51'200) ++size;
  EXPECT_LE(body_bytes(size), 51'200U);
  EXPECT_FALSE(goes_by_initrd(cloud_machine(k_systemd_257), size));
  EXPECT_TRUE(goes_by_initrd(cloud_machine(k_systemd_257), size + 1));
  HostFacts host = k_cloud_host;
  host.version = Version{.major = 53, .minor = 0};
  EXPECT_TRUE(goes_by_initrd(cloud_machine(k_systemd_257), size + 1, host));
  host.version = Version{.major = 54, .minor = 0};
  EXPECT_FALSE(goes_by_initrd(cloud_machine(k_systemd_257), size + 1, host));

  auto vm = cloud_machine(k_systemd_257);
  vm.transport = Transport::smbios;
  const std::vector outlines = {outline(size + 1)};
  const auto plan = plan_cloud_hypervisor(vm, outlines, k_cloud_host);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(plan.error().what, HasSubstr("vm 'test-vm'"));
  EXPECT_THAT(plan.error().what, HasSubstr("51,200 bytes"));
}

TEST(PlanCloudHypervisorTest, WithoutAnInitrdASetThatFitsNoStructureIsRefused) {
  auto vm = cloud_machine();
  vm.initrd.clear();
  const std::vector outlines = {outline(k_most_in_a_page + 1)};
  const auto plan = plan_cloud_hypervisor(vm, outlines, k_cloud_host);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(plan.error().hint, HasSubstr("'initrd'"));
}

TEST(PlanCloudHypervisorTest, ItsLogStaysSilentAndItsSocketIsInherited) {
  const std::vector outlines = {outline(1)};
  const auto plan = plan_cloud_hypervisor(cloud_machine(), outlines, k_cloud_host);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->arguments.size(), 2U);
  EXPECT_EQ(plan->arguments[0].text, "--api-socket");
  EXPECT_EQ(plan->arguments[1].text, "fd=");
  ASSERT_EQ(plan->descriptors.size(), 1U);
  EXPECT_EQ(plan->descriptors.front().kind, PlannedDescriptor::Kind::listener);
  EXPECT_EQ(plan->descriptors.front().path, plan->api_socket);
}

}  // namespace
}  // namespace vmcred::vmm
