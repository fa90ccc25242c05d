// SPDX-License-Identifier: Apache-2.0
#include "base/deadline.h"

#include <gtest/gtest.h>

namespace vmcred::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(DeadlineTest, WhatIsLeftIsRoundedUp) {
  const Deadline deadline = deadline_in(milliseconds(500));
  const milliseconds left(milliseconds_until(deadline));
  EXPECT_GE(std::chrono::steady_clock::now() + left, deadline);
}

TEST(DeadlineTest, WhatIsLeftIsNeverNegative) {
  EXPECT_EQ(milliseconds_until(deadline_in(milliseconds(-5))), 0);
  EXPECT_EQ(milliseconds_until(Deadline()), 0);
}

TEST(DeadlineTest, AWaitOfManyDaysFitsPoll) {
  EXPECT_EQ(milliseconds_until(deadline_in(hours(24 * 365))), 24 * 60 * 60 * 1000);
}

TEST(DeadlineTest, APauseEndsWithTheTime) {
  EXPECT_TRUE(pause_before(deadline_in(milliseconds(1)), milliseconds(5)));
  EXPECT_FALSE(pause_before(deadline_in(milliseconds(0))));
}

}  // namespace
}  // namespace vmcred::base
