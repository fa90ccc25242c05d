// SPDX-License-Identifier: Apache-2.0
#include "systemd/notify.h"

#include <unistd.h>
#include <cstdlib>

#include "support/temporary_directory.h"
#include "systemd/test_receiver.h"

namespace vmcred::systemd {
namespace {

class NotifyTest : public testing::Test {
 protected:
  ~NotifyTest() override { ::unsetenv("NOTIFY_SOCKET"); }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(NotifyTest, SendsOneDatagramToAPath) {
  const Receiver receiver(m_directory.path("notify"));
  ::setenv("NOTIFY_SOCKET", m_directory.path("notify").c_str(), 1);
  const auto sent = notify("READY=1\nSTATUS=well");
  ASSERT_TRUE(sent) << sent.error().what;
  EXPECT_TRUE(*sent);
  EXPECT_EQ(receiver.next(), "READY=1\nSTATUS=well");
}

TEST_F(NotifyTest, SendsToAnAbstractName) {
  const std::string name = base::concat("@vmcred-notify-test-", ::getpid());
  const Receiver receiver(name);
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  EXPECT_TRUE(notify("STOPPING=1"));
  EXPECT_EQ(receiver.next(), "STOPPING=1");
}

TEST_F(NotifyTest, DoesNothingWhereNobodyAsks) {
  ::unsetenv("NOTIFY_SOCKET");
  const auto sent = notify("READY=1");
  ASSERT_TRUE(sent);
  EXPECT_FALSE(*sent);
}

TEST_F(NotifyTest, SaysWhichAddressIsWrong) {
  for (const std::string& address : {std::string("relative"), std::string("vsock:2:1"), std::string("@"),
                                     std::string("/") + std::string(120, 'x')}) {
    const auto sent = notify_at(address, "READY=1");
    ASSERT_FALSE(sent) << address;
    EXPECT_EQ(sent.error().kind, base::ErrorKind::host);
    EXPECT_THAT(sent.error().what, testing::HasSubstr(address));
  }
  EXPECT_EQ(notify_at(m_directory.path("none"), "READY=1").error().kind, base::ErrorKind::io);
}

// 107 bytes and a NUL are all that fits for a path; an abstract name may use all 108.
TEST_F(NotifyTest, TakesTheLongestNames) {
  const std::string abstract =
      "@" + std::string(107 - 16, 'x') + base::concat(1'000'000'000 + ::getpid(), "abcdef");
  ASSERT_EQ(abstract.size(), 108U);
  const Receiver receiver(abstract);
  EXPECT_TRUE(notify_at(abstract, "READY=1"));
  EXPECT_EQ(receiver.next(), "READY=1");
}

}  // namespace
}  // namespace vmcred::systemd
