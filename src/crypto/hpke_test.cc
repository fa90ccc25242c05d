// SPDX-License-Identifier: Apache-2.0
#include "crypto/hpke.h"

#include <gtest/gtest.h>

#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::from_hex;
using test_support::to_hex;

constexpr std::uint16_t k_dhkem_x25519 = 0x0020;

// RFC 9180, A.2.1: what follows the encapsulation does not depend on it.
TEST(HpkeTest, DerivesTheKeyAndNonceOfTheStandard) {
  const auto derived = hpke_base_key(
      k_dhkem_x25519, from_hex("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7"),
      "Ode on a Grecian Urn");
  ASSERT_TRUE(derived);
  EXPECT_EQ(to_hex(derived->key.bytes()), "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91");
  EXPECT_EQ(to_hex(derived->nonce), "5c4d98150661b848853b547f");
}

TEST(HpkeTest, TellsEncapsulationsAndUsesApart) {
  const auto shared = from_hex("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7");
  const auto one = hpke_base_key(0x647a, shared, "one");
  const auto other_use = hpke_base_key(0x647a, shared, "other");
  const auto other_kem = hpke_base_key(0x647b, shared, "one");
  ASSERT_TRUE(one && other_use && other_kem);
  EXPECT_FALSE(one->key.equals(other_use->key.bytes()));
  EXPECT_FALSE(one->key.equals(other_kem->key.bytes()));
  EXPECT_NE(one->nonce, other_use->nonce);
  EXPECT_NE(one->nonce, other_kem->nonce);
}

}  // namespace
}  // namespace vmcred::crypto
