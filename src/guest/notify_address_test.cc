// SPDX-License-Identifier: Apache-2.0
#include "guest/notify_address.h"

#include <gmock/gmock.h>

#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using testing::HasSubstr;

TEST(NotifyAddressTest, ReadsBothSpellings) {
  for (const auto* text : {"vsock-stream:2:9999", "vsock:2:9999"}) {
    const auto address = parse_notify_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->cid, 2U);
    EXPECT_EQ(address->port, 9999U);
  }
  EXPECT_EQ(parse_notify_address("vsock-stream:2:4294967295")->port, 4294967295U);
}

TEST(NotifyAddressTest, TakesNothingElse) {
  for (const auto* text :
       {"", "vsock-stream:", "vsock-stream:2", "vsock-stream:2:", "vsock-stream::9", "vsock-stream:2:9 ",
        "vsock-stream:2:9\n", "vsock-stream:-2:9", "vsock-stream:2:4294967296", "vsock-dgram:2:9",
        "/run/notify", "@notify", "vsock-stream:2:9:1"})
    EXPECT_FALSE(parse_notify_address(text)) << text;
}

TEST(NotifyTest, SaysWhatItLacks) {
  const TestTree tree;
  tree.write("none/OTHER", "x");
  tree.write("broken/vmm.notify_socket", "somewhere");
  const auto lacking = run_guest({"notify", "--directory", tree.path("none")});
  EXPECT_EQ(lacking.exit_code, 1);
  EXPECT_THAT(lacking.error, HasSubstr("there is no credential 'vmm.notify_socket' in " + tree.path("none")));
  const auto broken = run_guest({"notify", "--directory", tree.path("broken")});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.error, HasSubstr("is not of the form vsock-stream:CID:PORT"));
  const auto lines = run_guest({"notify", "--status", "a\nREADY=1"});
  EXPECT_EQ(lines.exit_code, 2);
}

}  // namespace
}  // namespace vmcred::guest
