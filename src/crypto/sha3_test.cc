// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha3.h"

#include <gtest/gtest.h>
#include <array>
#include <string>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::to_hex;

std::string sha3_256_hex(std::initializer_list<Bytes> parts) {
  std::array<std::byte, k_sha3_256_bytes> digest;
  sha3_256(parts, digest);
  return to_hex(digest);
}

std::string shake256_hex(std::initializer_list<Bytes> parts, std::size_t size) {
  std::vector<std::byte> output(size);
  shake256(parts, output);
  return to_hex(output);
}

// FIPS 202, the examples of no message, and of three letters.
TEST(Sha3Test, IsTheStandardOneHoweverItIsFed) {
  constexpr std::string_view k_abc = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";
  EXPECT_EQ(sha3_256_hex({bytes_of("abc")}), k_abc);
  EXPECT_EQ(sha3_256_hex({bytes_of("a"), {}, bytes_of("bc")}), k_abc);
  EXPECT_EQ(sha3_256_hex({}), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
}

TEST(Sha3Test, Shake256GivesAsMuchAsIsWanted) {
  constexpr std::string_view k_empty =
      "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
      "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be";
  EXPECT_EQ(shake256_hex({}, 64), k_empty);
  EXPECT_EQ(shake256_hex({}, 5), k_empty.substr(0, 10));
  EXPECT_EQ(shake256_hex({bytes_of("ab"), bytes_of("c")}, 32),
            "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739");
}

}  // namespace
}  // namespace vmcred::crypto
