// SPDX-License-Identifier: Apache-2.0
#include "shim/platform_option.h"

#include <gmock/gmock.h>

namespace vmcred::shim {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(PlatformOptionTest, CommasInBracketsAndQuotesDoNotSplit) {
  EXPECT_THAT(split_at_commas(R"(a=1,b=[x,y],c="p,q")"),
              Optional(ElementsAre("a=1", "b=[x,y]", R"(c="p,q")")));
  EXPECT_THAT(split_at_commas(" a "), Optional(ElementsAre("a")));
  EXPECT_THAT(split_at_commas(""), Optional(ElementsAre("")));
  EXPECT_THAT(split_at_commas("a,,b"), Optional(ElementsAre("a", "", "b")));
  EXPECT_THAT(split_at_commas(R"("]")"), Optional(ElementsAre(R"("]")")));
}

TEST(PlatformOptionTest, WhatDoesNotMatchIsRefused) {
  for (const char* text : {"a]", "[a", "\"a", "]a["}) EXPECT_FALSE(split_at_commas(text)) << text;
}

// W26: this is why a secret has no place there.
TEST(PlatformOptionTest, AListIsSplitAtTheCommasOfItsValues) {
  EXPECT_THAT(split_list("[a,b]"), Optional(ElementsAre("a", "b")));
  EXPECT_THAT(split_list(" [[a,b=[1],c]] "), Optional(ElementsAre("a", "b=[1]", "c")));
  EXPECT_FALSE(split_list("[a=[1,2]]")) << "trimmed greedily";
}

}  // namespace
}  // namespace vmcred::shim
