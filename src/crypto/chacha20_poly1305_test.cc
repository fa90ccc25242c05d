// SPDX-License-Identifier: Apache-2.0
#include "crypto/chacha20_poly1305.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <random>
#include <vector>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::from_hex;
using test_support::to_hex;
using ByteVector = std::vector<std::byte>;

constexpr std::string_view k_key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
constexpr std::string_view k_nonce = "070000004041424344454647";

ByteVector seal(Bytes plaintext) {
  ByteVector sealed(plaintext.size() + k_chacha20_poly1305_tag_bytes);
  chacha20_poly1305_seal(from_hex(k_key), from_hex(k_nonce), plaintext, sealed);
  return sealed;
}

// RFC 8439, section 2.8.2. Its tag is over associated data, which we have none of.
TEST(ChaCha20Poly1305Test, EncryptsAsTheStandardDoes) {
  const ByteVector sealed = seal(
      bytes_of("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
               "sunscreen would be it."));
  EXPECT_EQ(to_hex(sealed).substr(0, 2 * 114),
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
            "1a71de0a"
            "9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def0"
            "8e4b7a9d"
            "e576d26586cec64b6116");
}

// Two libraries stand behind the two ways, so that each proves the other.
TEST(ChaCha20Poly1305Test, FunctionsAndClassAgree) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  ChaCha20Poly1305 cipher(from_hex(k_key));
  for (const std::size_t size : {0, 1, 15, 16, 17, 63, 64, 65, 1000, 65536}) {
    ByteVector plaintext(size);
    std::generate(plaintext.begin(), plaintext.end(), [&] { return static_cast<std::byte>(random()); });
    const ByteVector sealed = seal(plaintext);
    ByteVector other = plaintext;
    other.resize(sealed.size());
    cipher.seal(from_hex(k_nonce), Bytes(other).first(size), other);
    EXPECT_EQ(sealed, other);
    ByteVector opened(size);
    EXPECT_TRUE(chacha20_poly1305_open(from_hex(k_key), from_hex(k_nonce), sealed, opened));
    EXPECT_EQ(opened, plaintext);
    EXPECT_TRUE(cipher.open(from_hex(k_nonce), other, WritableBytes(other).first(size)));
    other.resize(size);
    EXPECT_EQ(other, plaintext);
  }
}

TEST(ChaCha20Poly1305Test, GivesNothingOfWhatWasChanged) {
  const ByteVector sealed = seal(bytes_of("some words"));
  ChaCha20Poly1305 cipher(from_hex(k_key));
  const ByteVector zeros(sealed.size() - k_chacha20_poly1305_tag_bytes);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    ByteVector changed = sealed;
    changed[i] ^= std::byte{1};
    ByteVector opened(zeros.size(), std::byte{7});
    EXPECT_FALSE(chacha20_poly1305_open(from_hex(k_key), from_hex(k_nonce), changed, opened));
    EXPECT_EQ(opened, zeros);
    opened.assign(zeros.size(), std::byte{7});
    EXPECT_FALSE(cipher.open(from_hex(k_nonce), changed, opened));
    EXPECT_EQ(opened, zeros);
  }
  ByteVector opened(zeros.size());
  EXPECT_TRUE(cipher.open(from_hex(k_nonce), sealed, opened))
      << "a failure must not spoil what comes after it";
}

}  // namespace
}  // namespace vmcred::crypto
