// SPDX-License-Identifier: Apache-2.0
#include "crypto/bcrypt_pbkdf.h"

#include <gtest/gtest.h>
#include <vector>

#include "crypto/blowfish.h"
#include "crypto/pi.h"
#include "support/bytes.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;

std::vector<unsigned> derived(std::string_view passphrase, std::string_view salt, unsigned rounds,
                              std::size_t size) {
  std::vector<std::byte> key(size);
  EXPECT_TRUE(bcrypt_pbkdf(bytes_of(passphrase), bytes_of(salt), rounds, key));
  std::vector<unsigned> numbers;
  for (const auto byte : key) numbers.push_back(std::to_integer<unsigned>(byte));
  return numbers;
}

TEST(Pi, HasItsFirstWords) {
  const auto words = fraction_of_pi(4);
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}));
}

TEST(Pi, KeepsItsWordsWhenMoreAreAskedFor) {
  const auto some = fraction_of_pi(500);
  auto more = fraction_of_pi(1100);
  more.resize(some.size());
  EXPECT_EQ(some, more);
}

TEST(Blowfish, StartsFromTheFirstAndLastWordsOfItsTable) {
  const Blowfish& state = Blowfish::initial();
  EXPECT_EQ(state.subkeys[0], 0x243f6a88U);
  EXPECT_EQ(state.boxes[0][0], 0xd1310ba6U);
  EXPECT_EQ(state.boxes[3][255], 0x3ac372e6U);
}

// With an all-zero key the plain schedule is bcrypt's without salt: Eric Young's first published vector.
TEST(Blowfish, EncryptsThePublishedVector) {
  Blowfish cipher = Blowfish::initial();
  cipher.expand(std::vector<std::byte>(8));
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  cipher.encrypt(left, right);
  EXPECT_EQ(left, 0x4ef99745U);
  EXPECT_EQ(right, 0x6198dd78U);
}

TEST(BcryptPbkdf, DerivesThePublishedKey) {
  EXPECT_EQ(derived("password", "salt", 12, 32),
            (std::vector<unsigned>{0x1a, 0xe4, 0x2c, 0x05, 0xd4, 0x87, 0xbc, 0x02, 0xf6, 0x49, 0x21,
                                   0xa4, 0xeb, 0xe4, 0xea, 0x93, 0xbc, 0xac, 0xfe, 0x13, 0x5f, 0xda,
                                   0x99, 0x97, 0x4c, 0x06, 0xb7, 0xb0, 0x1f, 0xae, 0x14, 0x9a}));
}

TEST(BcryptPbkdf, InterleavesTheBlocksOfLongKeys) {
  const auto one = derived("password", "salt", 2, 32);
  const auto two = derived("password", "salt", 2, 64);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(two[2 * i], one[i]);
}

TEST(BcryptPbkdf, RefusesInputsOutOfRange) {
  std::vector<std::byte> key(32);
  EXPECT_FALSE(bcrypt_pbkdf({}, bytes_of("salt"), 1, key));
  EXPECT_FALSE(bcrypt_pbkdf(bytes_of("x"), {}, 1, key));
  EXPECT_FALSE(bcrypt_pbkdf(bytes_of("x"), bytes_of("salt"), 0, key));
  EXPECT_FALSE(bcrypt_pbkdf(bytes_of("x"), bytes_of("salt"), k_max_bcrypt_rounds + 1, key));
  EXPECT_FALSE(bcrypt_pbkdf(bytes_of("x"), bytes_of("salt"), 1, {}));
}

}  // namespace
}  // namespace vmcred::crypto
