// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::to_hex;

// FIPS 180-4, the examples of one block.
TEST(DigestTest, Sha256IsTheStandardOne) {
  constexpr std::string_view k_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(to_hex(sha256({bytes_of("abc")})), k_abc);
  EXPECT_EQ(to_hex(sha256({bytes_of("a"), {}, bytes_of("bc")})), k_abc);
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DigestTest, Sha512IsTheStandardOneHoweverItIsFed) {
  Sha512 digest;
  digest.update(bytes_of("a"));
  digest.update({});
  Sha512 moved = std::move(digest);
  moved.update(bytes_of("bc"));
  EXPECT_EQ(to_hex(moved.finish()),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

}  // namespace
}  // namespace vmcred::crypto
