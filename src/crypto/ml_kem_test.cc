// SPDX-License-Identifier: Apache-2.0
#include "crypto/ml_kem.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "crypto/sha3.h"
#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::to_hex;

using Shared = std::array<std::byte, k_ml_kem_shared_bytes>;
using Ciphertext = std::array<std::byte, k_ml_kem_ciphertext_bytes>;

class MlKemTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ml_kem_is_available()) GTEST_SKIP() << "libcrypto lacks ML-KEM-768, which OpenSSL has from 3.5 on";
  }

  // The bytes 0 to 63.
  const std::string m_seed_text = test_support::all_bytes().substr(0, k_ml_kem_seed_bytes);
  const Bytes m_seed = bytes_of(m_seed_text);
};

Shared decapsulated(Bytes seed, Bytes ciphertext) {
  Shared shared;
  ml_kem_decapsulate(seed, ciphertext, shared);
  return shared;
}

// The digest is another implementation's.
TEST_F(MlKemTest, PublicKeyIsTheStandardOne) {
  EXPECT_EQ(to_hex(sha256({ml_kem_public(m_seed)})),
            "0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9");
}

TEST_F(MlKemTest, BothSidesFindTheSameSecret) {
  Ciphertext ciphertext;
  Shared shared;
  ASSERT_TRUE(ml_kem_encapsulate(ml_kem_public(m_seed), ciphertext, shared));
  EXPECT_EQ(decapsulated(m_seed, ciphertext), shared);
  Ciphertext again;
  ASSERT_TRUE(ml_kem_encapsulate(ml_kem_public(m_seed), again, shared));
  EXPECT_NE(again, ciphertext);
  EXPECT_NE(decapsulated(m_seed, ciphertext), shared);
}

// FIPS 203, algorithm 18: a ciphertext that nobody made gives J(z || c), which is SHAKE256.
TEST_F(MlKemTest, WrongCiphertextGivesTheSecretOfTheRejection) {
  const Ciphertext ciphertext{};
  Shared rejection;
  shake256({m_seed.last(32), ciphertext}, rejection);
  EXPECT_EQ(decapsulated(m_seed, ciphertext), rejection);
}

// FIPS 203, section 7.2: coefficients are below 3329.
TEST_F(MlKemTest, RefusesWhatIsNoPublicKey) {
  MlKemPublicKey key;
  key.fill(std::byte{0xff});
  Ciphertext ciphertext;
  Shared shared;
  EXPECT_FALSE(ml_kem_encapsulate(key, ciphertext, shared));
}

}  // namespace
}  // namespace vmcred::crypto
