// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/planned_descriptors.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "runner/handover/http_client.h"
#include "runner/handover/transport_files.h"
#include "runner/socket/listening.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using Kind = vmm::PlannedDescriptor::Kind;

TEST(OpenPlannedDescriptorsTest, AListenerListensForItsOwnerAlone) {
  const test_support::TemporaryDirectory tree;
  const std::string path = tree.write("api.sock", "what an earlier VM left");
  vmm::LaunchPlan plan;
  plan.descriptors = {{.kind = Kind::listener, .path = path}};
  const auto opened = open_planned_descriptors(plan);
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_TRUE(is_listening(path));
  EXPECT_EQ(test_support::mode_of(path), 0600U);
  EXPECT_EQ(::fcntl(opened->front().get(), F_GETFD), 0) << "the VMM inherits it";
  EXPECT_TRUE(connect_to_api(path, Clock::now()));
}

TEST(OpenPlannedDescriptorsTest, ADeviceIsOpenForBothWaysAndWhatGoesWithARequestIsNotInherited) {
  vmm::LaunchPlan plan;
  plan.descriptors = {{.kind = Kind::device, .path = "/dev/null"},
                      {.kind = Kind::device, .path = "/dev/null"}};
  plan.requests = {{.method = "PUT", .path = "/", .body = {}, .descriptors = {1}}};
  const auto opened = open_planned_descriptors(plan);
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(::fcntl((*opened)[0].get(), F_GETFL) & O_ACCMODE, O_RDWR);
  EXPECT_EQ(::fcntl((*opened)[0].get(), F_GETFD), 0);
  EXPECT_EQ(::fcntl((*opened)[1].get(), F_GETFD), FD_CLOEXEC);
}

TEST(OpenPlannedDescriptorsTest, ADeviceThatIsMissingIsAnErrorOfTheHost) {
  vmm::LaunchPlan plan;
  plan.descriptors = {{.kind = Kind::device, .path = "/dev/tap4711"}};
  const auto opened = open_planned_descriptors(plan);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, base::ErrorKind::host);
  EXPECT_EQ(opened.error().what, "/dev/tap4711: no such file or directory");
}

TEST(ArgumentListTest, DescriptorsNumbersAreJoinedAndTheNameIsTheConfigs) {
  vmm::LaunchPlan plan;
  plan.program = "/usr/bin/vmm";
  plan.process_name = "microvm@web";
  plan.arguments = {{.text = "fds=", .descriptors = {0, 1}}, {.text = "fd=", .descriptors = {1}}};
  std::vector<base::UniqueFd> descriptors;
  for (int i = 0; i < 2; ++i) descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int first = descriptors[0].get();
  const int second = descriptors[1].get();
  EXPECT_THAT(argument_list(plan, {}, descriptors),
              testing::ElementsAre("microvm@web", base::concat("fds=", first, ":", second),
                                   base::concat("fd=", second)));
}

}  // namespace
}  // namespace vmcred::runner
