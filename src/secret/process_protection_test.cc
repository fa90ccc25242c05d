// SPDX-License-Identifier: Apache-2.0
#include "secret/process_protection.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "support/child.h"

namespace vmcred::secret {
namespace {

TEST(ProtectProcessTest, LeavesNoCoreAndNoDebugger) {
  const auto outcome = test_support::in_child([]() -> std::string {
    if (const auto done = protect_process(); !done) return done.error().what;
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max > 1) return "core dumps";
    return ::prctl(PR_GET_DUMPABLE) == 0 ? "protected" : "dumpable";
  });
  EXPECT_EQ(outcome.text, "protected");
}

TEST(ProtectProcessTest, MayBeCalledTwice) {
  const auto outcome = test_support::in_child([]() -> std::string {
    static_cast<void>(protect_process());
    const auto done = protect_process();
    return done ? "fine" : done.error().what;
  });
  EXPECT_EQ(outcome.text, "fine");
}

}  // namespace
}  // namespace vmcred::secret
