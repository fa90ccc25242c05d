// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.h"

#include <gtest/gtest.h>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::from_hex;
using test_support::text_of;
using test_support::to_hex;

std::string hkdf(std::string_view material, std::string_view salt, std::string_view info, std::size_t size) {
  std::vector<std::byte> key(size);
  hkdf_sha256(from_hex(material), from_hex(salt), text_of(from_hex(info)), key);
  return to_hex(key);
}

// RFC 4231, case 2.
TEST(HmacTest, IsTheStandardOne) {
  EXPECT_EQ(to_hex(hmac_sha256(bytes_of("Jefe"), {bytes_of("what do ya want "), bytes_of("for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 5869, A.1 and A.3.
TEST(HkdfTest, IsTheStandardOne) {
  constexpr std::string_view k_material = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
  EXPECT_EQ(hkdf(k_material, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hkdf(k_material, "", "", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

// The ssh-ed25519 stanza derives a key from no material at all.
TEST(HkdfTest, TakesNoMaterial) {
  EXPECT_EQ(hkdf("", "", "", 32), "eb70f01dede9afafa449eee1b1286504e1f62388b3f7dd4f956697b0e828fe18");
}

TEST(EqualInConstantTimeTest, ComparesBytesAndSizes) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(bytes_of("ab"), bytes_of("ab")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("ab"), bytes_of("ac")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("ab"), bytes_of("abc")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("ab"), {}));
}

}  // namespace
}  // namespace vmcred::crypto
