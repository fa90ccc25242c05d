// SPDX-License-Identifier: Apache-2.0
#include "age/bech32.h"

#include <gtest/gtest.h>

#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::text_of;

// BIP 173, "Test vectors": those whose letters are whole bytes, or that fail.
TEST(Bech32Test, AgreesWithTheVectorsOfTheStandard) {
  for (const std::string_view text :
       {"A12UEL5L", "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "?1ezyfcl"})
    EXPECT_TRUE(decode_bech32(bytes_of(text))) << text;
  for (const std::string_view text : {"\x20"
                                      "1nwldj5",
                                      "\x7f"
                                      "1axkwrx",
                                      "\x80"
                                      "1eym55h",
                                      "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3",
                                      "de1lg7wt\xff", "A1G7SGD8", "10a06t8", "1qzzfhee", "A12uEL5L"})
    EXPECT_FALSE(decode_bech32(bytes_of(text))) << text;
}

TEST(Bech32Test, KeepsDataAndCase) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string data = test_support::all_bytes().substr(200 - size, size);
    for (const std::string_view prefix : {"age", "AGE-SECRET-KEY-", "age1name"}) {
      const std::string text = encode_bech32(prefix, bytes_of(data));
      const auto decoded = decode_bech32(bytes_of(text));
      ASSERT_TRUE(decoded) << text;
      EXPECT_EQ(decoded->prefix, prefix);
      EXPECT_EQ(text_of(decoded->data.bytes()), data);
      const auto secret = encode_secret_bech32(prefix, bytes_of(data));
      ASSERT_TRUE(secret);
      EXPECT_EQ(text_of(secret->bytes()), text);
    }
  }
}

TEST(Bech32Test, SeesEveryChangedLetter) {
  const std::string text = encode_bech32("age", bytes_of("some key of 32 bytes, more or less"));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'q' ? 'p' : 'q';
    EXPECT_FALSE(decode_bech32(bytes_of(changed))) << changed;
  }
}

// "q" alone is a zero byte's first half; "qp" ends with a bit that is no padding.
TEST(Bech32Test, RefusesPaddingThatIsNone) {
  for (const std::string_view text : {"a1q3g6mn3", "a1qpamnt9j"}) {
    const auto decoded = decode_bech32(bytes_of(text));
    ASSERT_FALSE(decoded);
  }
}

TEST(Bech32Test, NeverRepeatsTheText) {
  const auto decoded = decode_bech32(bytes_of("AGE-SECRET-KEY-1SECRET"));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().what.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace vmcred::age
