// SPDX-License-Identifier: Apache-2.0
#include "store/parallel.h"

#include <gtest/gtest.h>
#include <atomic>
#include <vector>

#include "base/text.h"

namespace vmcred::store {
namespace {

TEST(ParallelTest, AllIsDoneOnce) {
  std::vector<std::atomic<int>> done(1000);
  ASSERT_TRUE(in_parallel(done.size(), [&](std::size_t i) -> base::Result<void> {
    ++done[i];
    return {};
  }));
  for (const auto& count : done) EXPECT_EQ(count, 1);
  EXPECT_TRUE(in_parallel(0, [](std::size_t) -> base::Result<void> { return {}; }));
}

TEST(ParallelTest, ErrorIsThatOfTheFirstThatFailed) {
  for (int round = 0; round < 50; ++round) {
    const auto result = in_parallel(100, [](std::size_t i) -> base::Result<void> {
      if (i % 10 != 7) return {};
      return base::Error{.kind = base::ErrorKind::io, .what = base::concat(i)};
    });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, "7");
  }
}

}  // namespace
}  // namespace vmcred::store
