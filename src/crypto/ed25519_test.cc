// SPDX-License-Identifier: Apache-2.0
#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include "crypto/x25519.h"
#include "secret/random.h"

namespace vmcred::crypto {
namespace {

// The second key of RFC 8032, section 7.1.
constexpr unsigned char k_seed[] = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
                                    0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
                                    0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
constexpr unsigned char k_public[] = {0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a,
                                      0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4,
                                      0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c};

TEST(Ed25519, PublicKeyIsThatOfTheStandard) {
  const auto key = ed25519_public(std::as_bytes(std::span(k_seed)));
  ASSERT_TRUE(key);
  const auto expected = std::as_bytes(std::span(k_public));
  EXPECT_TRUE(std::equal(key->begin(), key->end(), expected.begin(), expected.end()));
}

TEST(Ed25519, ScalarAndPointAreOneX25519KeyPair) {
  for (int i = 0; i < 50; ++i) {
    std::array<std::byte, k_ed25519_seed_bytes> seed;
    ASSERT_TRUE(secret::fill_random(seed));
    const auto scalar = x25519_scalar_of_ed25519_seed(seed);
    const auto key = ed25519_public(seed);
    ASSERT_TRUE(scalar && key);
    const auto point = x25519_of_ed25519_public(*key);
    ASSERT_TRUE(point);
    EXPECT_EQ(x25519_public(scalar->bytes()), *point);
  }
}

TEST(Ed25519, ScalarIsClamped) {
  const auto scalar = x25519_scalar_of_ed25519_seed(std::as_bytes(std::span(k_seed)));
  ASSERT_TRUE(scalar);
  EXPECT_EQ(scalar->bytes().front() & std::byte{0x07}, std::byte{0});
  EXPECT_EQ(scalar->bytes().back() & std::byte{0xc0}, std::byte{0x40});
}

TEST(Ed25519, RefusesWhatIsNobodysPublicKey) {
  std::array<std::byte, k_ed25519_public_bytes> bytes{};
  EXPECT_FALSE(x25519_of_ed25519_public(bytes)) << "y = 0 has order 4";
  bytes[0] = std::byte{1};
  EXPECT_FALSE(x25519_of_ed25519_public(bytes)) << "the identity";
  bytes[0] = std::byte{2};
  EXPECT_FALSE(x25519_of_ed25519_public(bytes)) << "not on the curve";
}

}  // namespace
}  // namespace vmcred::crypto
