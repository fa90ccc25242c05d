// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/request_bodies.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "base/text.h"
#include "credential/archive.h"
#include "runner/handover/archived_set.h"
#include "secret/base64.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using test_support::credential_of;
using Value = vmm::BodyPiece::Value;

credential::CredentialSet two_bodies() {
  credential::CredentialSet set;
  set.push_back(credential_of("A", "first"));
  set.push_back(credential_of("B", test_support::all_bytes()));
  return set;
}

std::string base64(std::span<const std::byte> bytes) {
  std::string text(secret::base64_length(bytes.size()), '\0');
  secret::base64_encode(bytes, std::as_writable_bytes(std::span(text)));
  return text;
}

TEST(RenderRequestsTest, ValuesAndPathsStandInTheirPlaces) {
  const auto set = two_bodies();
  std::vector<UniqueFd> files;
  files.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  vmm::LaunchPlan plan;
  plan.requests.push_back({.method = "PUT",
                           .path = "/a",
                           .body = {{.text = "{\"b\":\"", .value = Value::credential, .index = 1},
                                    {.text = "\",\"f\":\"", .value = Value::file, .index = 0},
                                    {.text = "\",\"s\":\"", .value = Value::archive},
                                    {.text = "\"}"}}});
  const auto rendered = render_requests(plan, set, files, {});
  ASSERT_TRUE(rendered) << rendered.error().what;
  const auto& body = rendered->front().body;
  EXPECT_EQ(test_support::read_descriptor(body.get()),
            base::concat("{\"b\":\"", base64(set[1].value.bytes()), "\",\"f\":\"/dev/fd/", files[0].get(),
                         "\",\"s\":\"", base64(archive_of(set)->bytes()), "\"}"));
}

TEST(RenderRequestsTest, TheVmmInheritsNoBody) {
  vmm::LaunchPlan plan;
  plan.requests.push_back({.method = "PUT", .path = "/a", .body = {{.text = "{}"}}});
  plan.requests.push_back({.method = "PUT", .path = "/b", .body = {}});
  const auto rendered = render_requests(plan, two_bodies(), {}, {});
  ASSERT_TRUE(rendered);
  const int body = (*rendered)[0].body.get();
  EXPECT_EQ(::fcntl(body, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(body, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  EXPECT_FALSE((*rendered)[1].body.valid());
}

TEST(RenderRequestsTest, DescriptorsGoByTheirNumbers) {
  std::vector<UniqueFd> descriptors;
  for (int i = 0; i < 2; ++i) descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  vmm::LaunchPlan plan;
  plan.requests.push_back({.method = "PUT", .path = "/a", .body = {}, .descriptors = {1}});
  const auto rendered = render_requests(plan, {}, {}, descriptors);
  ASSERT_TRUE(rendered);
  EXPECT_THAT(rendered->front().descriptors, testing::ElementsAre(descriptors[1].get()));
}

}  // namespace
}  // namespace vmcred::runner
