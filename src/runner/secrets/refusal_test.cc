// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/refusal.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

TEST(Refusal, IsTheFirstLineOfTheUnitsFile) {
  const test_support::TemporaryDirectory directory;
  ASSERT_TRUE(base::write_text_file_atomically(directory.path() + "/microvm@web.service",
                                               "host-api-key: it has not been \x1b[31mmade\nmore\n", 0644));
  EXPECT_EQ(last_refusal("web", directory.path()), "host-api-key: it has not been \\x1b[31mmade");
  EXPECT_EQ(last_refusal("other", directory.path()), "");
}

}  // namespace
}  // namespace vmcred::runner
