// SPDX-License-Identifier: Apache-2.0
#include "age/base64.h"

#include <gtest/gtest.h>

#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::text_of;

struct Row {
  std::string_view bytes;
  std::string_view text;
};

constexpr Row k_rows[] = {{"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
                          {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};

TEST(AgeBase64Test, IsTheStandardOneWithoutPadding) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(encode_base64(bytes_of(row.bytes)), row.text);
    const auto bytes = decode_base64(row.text);
    ASSERT_TRUE(bytes) << row.text;
    EXPECT_EQ(text_of(*bytes), row.bytes);
  }
  const std::string all = test_support::all_bytes();
  EXPECT_EQ(text_of(decode_base64(encode_base64(bytes_of(all))).value()), all);
}

TEST(AgeBase64Test, RefusesEverySpellingButOne) {
  for (const std::string_view text : {"Zg==", "Zm8=", "Zm9v\n", "Zm 9v", "Zm9-", "Z", "Zm9vY", "Zh", "Zm9",
                                      "Zm9vYmF", "Zm9v====", "\xff\xff\xff\xff", "Zm\xc3\xa9"})
    EXPECT_FALSE(decode_base64(text)) << text;
}

}  // namespace
}  // namespace vmcred::age
