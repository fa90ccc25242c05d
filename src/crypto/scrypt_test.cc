// SPDX-License-Identifier: Apache-2.0
#include "crypto/scrypt.h"

#include <gtest/gtest.h>
#include <vector>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::to_hex;

// RFC 7914, section 12, the third vector.
TEST(ScryptTest, IsTheStandardOne) {
  std::vector<std::byte> key(64);
  ASSERT_TRUE(scrypt(bytes_of("pleaseletmein"), bytes_of("SodiumChloride"), 14, key));
  EXPECT_EQ(to_hex(key),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST(ScryptTest, RefusesWorkFactorsThatCanNotBeDone) {
  std::vector<std::byte> key(32);
  for (const unsigned log_n : {0U, 32U, 64U}) {
    const auto derived = scrypt(bytes_of("x"), bytes_of("y"), log_n, key);
    ASSERT_FALSE(derived);
    EXPECT_EQ(derived.error().kind, base::ErrorKind::host);
  }
}

}  // namespace
}  // namespace vmcred::crypto
