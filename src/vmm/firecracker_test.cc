// SPDX-License-Identifier: Apache-2.0
#include "vmm/firecracker.h"

#include <gmock/gmock.h>

#include "support/machine.h"
#include "vmm/json_body.h"

namespace vmcred::vmm {
namespace {

using testing::Contains;
using testing::Not;

const HostFacts k_firecracker_host{.program = "/fc", .runtime_directory = "/run/v", .kvm = true};

config::VirtualMachine firecracker_machine() {
  auto vm = test_support::machine();
  vm.hypervisor = config::Hypervisor::firecracker;
  vm.initrd = "/boot/initrd";
  return vm;
}

std::vector<std::string> arguments_with_metadata_of(std::size_t size) {
  auto vm = firecracker_machine();
  vm.transport = config::Transport::mmds;
  vm.interfaces = {{.type = config::Interface::Type::tap, .id = "tap0"}};
  const std::vector outlines = {
      CredentialOutline{.name = test_support::credential_name("KEY"), .size = size}};
  const auto plan = plan_firecracker(vm, outlines, k_firecracker_host);
  std::vector<std::string> texts;
  if (!plan) return texts;
  for (const auto& argument : plan->arguments) texts.push_back(argument.text);
  return texts;
}

TEST(PlanFirecrackerTest, MetadataPastTheDefaultLimitAskForMore) {
  EXPECT_THAT(arguments_with_metadata_of(1'000), Not(Contains("--mmds-size-limit")));
  const auto large = arguments_with_metadata_of(500'000);
  EXPECT_THAT(large, Contains("--mmds-size-limit"));
  EXPECT_THAT(large, Contains("--http-api-max-payload-size"));
}

TEST(PlanFirecrackerTest, PagesAreReportedFromVersion1_14On) {
  auto vm = firecracker_machine();
  vm.balloon.emplace();
  for (const int minor : {13, 14}) {
    HostFacts host = k_firecracker_host;
    host.version = Version{.major = 1, .minor = minor};
    const auto plan = plan_firecracker(vm, {}, host);
    ASSERT_TRUE(plan);
    std::string bodies;
    for (const auto& request : plan->requests)
      for (const auto& piece : request.body) bodies += piece.text;
    EXPECT_EQ(bodies.find("free_page_reporting") != std::string::npos, minor >= 14);
  }
}

}  // namespace
}  // namespace vmcred::vmm
