// SPDX-License-Identifier: Apache-2.0
#include "crypto/x25519.h"

#include <gtest/gtest.h>
#include <string>

#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::from_hex;
using test_support::to_hex;

X25519Point multiplied(Bytes scalar, Bytes point) {
  X25519Point shared{};
  EXPECT_TRUE(x25519(scalar, point, shared));
  return shared;
}

// RFC 7748, section 5.2, the first vector and the one that is iterated.
TEST(X25519Test, MultipliesAsTheStandardDoes) {
  EXPECT_EQ(to_hex(multiplied(from_hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                              from_hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  X25519Point scalar{std::byte{9}};
  X25519Point point = scalar;
  for (int i = 0; i < 1000; ++i) {
    const X25519Point next = multiplied(scalar, point);
    point = scalar;
    scalar = next;
  }
  EXPECT_EQ(to_hex(scalar), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

// RFC 7748, section 6.1.
TEST(X25519Test, AgreesOnASecretAsTheStandardDoes) {
  const auto bob = from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  EXPECT_EQ(to_hex(x25519_public(bob)), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  EXPECT_EQ(
      to_hex(multiplied(bob, from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))),
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

TEST(X25519Test, RefusesPointsOfLowOrder) {
  const auto scalar = from_hex(std::string(64, '7'));
  X25519Point shared;
  EXPECT_FALSE(x25519(scalar, from_hex(std::string(64, '0')), shared));
  EXPECT_FALSE(x25519(scalar, from_hex("01" + std::string(62, '0')), shared));
  EXPECT_FALSE(
      x25519(scalar, from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"), shared));
}

}  // namespace
}  // namespace vmcred::crypto
