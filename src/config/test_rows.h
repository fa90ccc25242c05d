// SPDX-License-Identifier: Apache-2.0
// For tests: tables of near misses.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/test_config.h"

namespace vmcred::config {

struct Row {
  std::string text;
  std::vector<std::string> errors = {};  // none: a good row
};

// Puts each row's text behind `head` and compares all findings; the rows' lines count from the end of `head`.
inline void check(std::string_view head, std::span<const Row> rows) {
  for (const Row& row : rows) {
    const std::string text = base::concat(head, row.text);
    EXPECT_THAT(findings("x.toml", text), testing::ElementsAreArray(row.errors)) << text;
  }
}

}  // namespace vmcred::config
