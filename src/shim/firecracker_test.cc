// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "shim/rewrite.h"

namespace vmcred::shim {
namespace {

TEST(FirecrackerTest, WhatIsLeftInFirecrackersConfigIsFoundThereAndNotShown) {
  const std::vector<std::string> words = {"--config-file", "x.json"};
  const auto rewritten = rewrite({.dialect = **find_dialect("firecracker"),
                                  .words = words,
                                  .of_unit = {},
                                  .always_initrd = false,
                                  .read_text = [](const std::string&) -> base::Result<std::string> {
                                    return R"({"boot-source": {"note": "io.systemd.credential:K=hunter2"}})";
                                  },
                                  .read_secret = {}});
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().kind, base::ErrorKind::refused);
  EXPECT_EQ(rewritten.error().what,
            "the file of --config-file holds a credential where every user could see it");
}

}  // namespace
}  // namespace vmcred::shim
