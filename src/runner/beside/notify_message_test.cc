// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/notify_message.h"

#include <gmock/gmock.h>

namespace vmcred::runner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class NotifyFilterTest : public testing::Test {
 protected:
  std::string pass(std::string_view message) { return m_filter.pass(message, m_now); }

  NotifyFilter::Clock::time_point m_now;
  NotifyFilter m_filter{m_now};
};

TEST_F(NotifyFilterTest, WhatAGuestsSystemdSaysPasses) {
  EXPECT_EQ(pass("X_SYSTEMD_UNIT_ACTIVE=sysinit.target"), "X_SYSTEMD_UNIT_ACTIVE=sysinit.target\n");
  EXPECT_EQ(pass("READY=1\nSTATUS=Ready."), "READY=1\nSTATUS=Ready.\n");
  EXPECT_EQ(pass("STATUS=Shutting down\nX_SYSTEMD_SHUTDOWN=soft-reboot\nX_SYSTEMD_REBOOT_PARAMETER=a b\n"),
            "STATUS=Shutting down\nX_SYSTEMD_SHUTDOWN=soft-reboot\nX_SYSTEMD_REBOOT_PARAMETER=a b\n");
  EXPECT_EQ(pass("X_SYSTEMD_UNIT_INACTIVE=a\\x2db@c:1_2.service\nEXIT_STATUS=133"),
            "X_SYSTEMD_UNIT_INACTIVE=a\\x2db@c:1_2.service\nEXIT_STATUS=133\n");
}

// W24.
TEST_F(NotifyFilterTest, NothingElsePasses) {
  for (const std::string_view message : {"MAINPID=1",
                                         "FDSTORE=1",
                                         "FDSTOREREMOVE=1\nFDNAME=x",
                                         "WATCHDOG=1",
                                         "WATCHDOG=trigger",
                                         "WATCHDOG_USEC=1",
                                         "RELOADING=1\nMONOTONIC_USEC=1",
                                         "STOPPING=1",
                                         "ERRNO=5",
                                         "BUSERROR=x",
                                         "BARRIER=1",
                                         "NOTIFYACCESS=all",
                                         "EXTEND_TIMEOUT_USEC=99999999999",
                                         "MAINPIDFDID=1\nMAINPIDFD=1",
                                         "RESTART_RESET=1",
                                         "READY=0",
                                         "READY=11",
                                         "READY=",
                                         " READY=1",
                                         "READY=1 ",
                                         "ready=1",
                                         "READY=1\r",
                                         "X_SYSTEMD_HOSTNAME=x",
                                         "X_SYSTEMD_UNIT_ACTIVE=",
                                         "X_SYSTEMD_UNIT_ACTIVE=a b",
                                         "X_SYSTEMD_UNIT_ACTIVE=a/b",
                                         "X_SYSTEMD_SHUTDOWN=POWEROFF",
                                         "EXIT_STATUS=-1",
                                         "EXIT_STATUS=1000",
                                         "XSTATUS=x",
                                         "",
                                         "\n\n\n",
                                         "=",
                                         "STATUS"})
    EXPECT_EQ(pass(message), "") << message;
  using std::string_literals::operator""s;
  EXPECT_EQ(pass("READY=1\0"s), "");
  EXPECT_EQ(pass("\0READY=1"s), "");
  EXPECT_EQ(pass("X_SYSTEMD_UNIT_ACTIVE=a\0b"s), "");
  EXPECT_EQ(pass("X_SYSTEMD_UNIT_ACTIVE=" + std::string(256, 'a')), "");
}

TEST_F(NotifyFilterTest, AForgedLineInAStatusIsALineOfItsOwn) {
  EXPECT_EQ(pass("STATUS=well\nMAINPID=1\nFDSTORE=1\nSTATUS=again"), "STATUS=well\n");
  EXPECT_EQ(pass("STATUS=a\rMAINPID=1"), "STATUS=a?MAINPID=1\n");
}

TEST_F(NotifyFilterTest, AStatusIsPrintableAndShort) {
  using std::string_literals::operator""s;
  EXPECT_EQ(pass("STATUS=\x1b[31mred\x07\0\x7f\xc3\xa9"s), "STATUS=?[31mred?????\n");
  EXPECT_EQ(pass("STATUS=" + std::string(300, 'x')), "STATUS=" + std::string(200, 'x') + "\n");
  EXPECT_EQ(pass("STATUS="), "STATUS=\n");
}

TEST_F(NotifyFilterTest, AMessageThatIsTooLongIsDroppedWhole) {
  const std::string padding(k_max_notify_message_bytes, '\n');
  EXPECT_EQ(pass("READY=1\n" + padding), "");
  EXPECT_EQ(pass("READY=1\n" + padding.substr(8)), "READY=1\n");
}

TEST_F(NotifyFilterTest, ReadinessIsToldOnce) {
  EXPECT_EQ(pass("READY=1\nREADY=1"), "READY=1\n");
  EXPECT_EQ(pass("READY=1"), "");
  EXPECT_EQ(pass("STATUS=x\nREADY=1"), "STATUS=x\n");
}

TEST_F(NotifyFilterTest, AFloodOfStatusesIsCutToTenASecond) {
  int passed = 0;
  for (int i = 0; i < 5000; ++i) {
    passed += pass("STATUS=x").empty() ? 0 : 1;
    m_now += milliseconds(1);
  }
  EXPECT_GE(passed, 50);
  EXPECT_LE(passed, 61);
}

TEST_F(NotifyFilterTest, AFloodDoesNotHideReadiness) {
  for (int i = 0; i < 10'000; ++i) {
    pass("STATUS=x\nX_SYSTEMD_UNIT_ACTIVE=x\nX_SYSTEMD_UNIT_INACTIVE=x\nX_SYSTEMD_SHUTDOWN=x\nEXIT_STATUS=1");
  }
  EXPECT_EQ(pass("STATUS=x\nX_SYSTEMD_UNIT_ACTIVE=x"), "");
  EXPECT_EQ(pass("READY=1\nSTATUS=Ready."), "READY=1\nSTATUS=Ready.\n");
  m_now += seconds(1);
  EXPECT_THAT(pass("STATUS=later\nREADY=1"),
              testing::AllOf(HasSubstr("STATUS=later"), Not(HasSubstr("READY"))));
}

TEST(RateLimitTest, TellsHowLongToWait) {
  RateLimit::Clock::time_point now;
  RateLimit limit(2, 10, now);
  EXPECT_EQ(limit.wait(now), RateLimit::Clock::duration::zero());
  EXPECT_TRUE(limit.take(now));
  EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now));
  EXPECT_GE(limit.wait(now), milliseconds(99));
  EXPECT_LE(limit.wait(now), milliseconds(101));
  now += limit.wait(now);
  EXPECT_TRUE(limit.take(now));
  now += seconds(100);
  EXPECT_TRUE(limit.take(now));
  EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now)) << "more than at once were saved up";
}

}  // namespace
}  // namespace vmcred::runner
