// SPDX-License-Identifier: Apache-2.0
#include "sops/shamir.h"

#include <gtest/gtest.h>

#include <random>

#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

using secret::SecretBuffer;

std::vector<SecretBuffer> copies(const std::vector<SecretBuffer>& shares,
                                 const std::vector<std::size_t>& which) {
  std::vector<SecretBuffer> chosen;
  for (const std::size_t index : which) chosen.push_back(must(SecretBuffer::copy_of(shares[index].bytes())));
  return chosen;
}

SecretBuffer share(std::string_view bytes) { return must(SecretBuffer::copy_of(bytes_of(bytes))); }

TEST(Shamir, AnyThresholdOfSharesGivesTheSecretAndFewerDoNot) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 2 + random() % 9;
    const std::size_t threshold = 2 + random() % (count - 1);
    std::string secret(1 + random() % 40, '\0');
    for (char& c : secret) c = static_cast<char>(random());
    const auto shares = must(split_secret(bytes_of(secret), threshold, count));
    ASSERT_EQ(shares.size(), count);
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t size = threshold; size <= count; ++size) {
      const auto chosen = copies(shares, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size)});
      EXPECT_EQ(string_of(must(combine_shares(chosen))), secret);
    }
    if (threshold > 2 && secret.size() > 8) {
      const auto few =
          copies(shares, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(threshold - 1)});
      EXPECT_NE(string_of(must(combine_shares(few))), secret);
    }
  }
}

TEST(Shamir, AShareIsItsValuesAndThenItsPlace) {
  const auto shares = must(split_secret(bytes_of("abc"), 2, 255));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_EQ(shares[i].size(), 4U);
    EXPECT_EQ(std::to_integer<std::size_t>(shares[i].bytes().back()), i + 1);
  }
}

TEST(Shamir, CombinesByTheFieldOfAes) {
  // The line through (1, 0x53) and (2, 0xca): at 0 it has 0x53*2/3 + 0xca*1/3, where 1/3 = 0xf6.
  std::vector<SecretBuffer> shares;
  shares.push_back(share("\x53\x01"));
  shares.push_back(share("\xca\x02"));
  EXPECT_EQ(string_of(must(combine_shares(shares))), std::string(1, '\x24'));
}

TEST(Shamir, RefusesSharesThatDoNotFitTogether) {
  const auto refused = [](std::vector<std::string_view> texts) {
    std::vector<SecretBuffer> shares;
    for (const auto text : texts) shares.push_back(share(text));
    return !combine_shares(shares);
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({"a\x01"}));
  EXPECT_TRUE(refused({"a\x01", "ab\x02"}));
  EXPECT_TRUE(refused({"a\x01", "b\x01"}));
  EXPECT_TRUE(refused({"a\x01", std::string_view("b\0", 2)}));
  EXPECT_TRUE(refused({"\x01", "\x02"}));
  EXPECT_FALSE(refused({"a\x01", "b\x02"}));
}

TEST(Shamir, RefusesThresholdsThatMakeNoSense) {
  EXPECT_FALSE(split_secret(bytes_of("a"), 1, 3));
  EXPECT_FALSE(split_secret(bytes_of("a"), 4, 3));
  EXPECT_FALSE(split_secret(bytes_of("a"), 2, 256));
  EXPECT_FALSE(split_secret(bytes_of(""), 2, 3));
}

}  // namespace
}  // namespace vmcred::sops
