// SPDX-License-Identifier: Apache-2.0
#include "crypto/aes_gcm.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::from_hex;
using test_support::text_of;
using test_support::to_hex;
using ByteVector = std::vector<std::byte>;

struct Sealed {
  ByteVector ciphertext;
  ByteVector tag = ByteVector(k_aes_gcm_tag_bytes);
};

Sealed seal(Aes256Gcm& cipher, Bytes nonce, Bytes associated_data, Bytes plaintext) {
  Sealed sealed{.ciphertext = ByteVector(plaintext.size())};
  EXPECT_TRUE(cipher.encrypt(nonce, associated_data, plaintext, sealed.ciphertext, sealed.tag));
  return sealed;
}

Aes256Gcm cipher_of(Bytes key) {
  auto cipher = Aes256Gcm::with_key(key);
  EXPECT_TRUE(cipher);
  return *std::move(cipher);
}

// The test cases 13, 14 and 17 that came with the submission of GCM; the last has a nonce of 8 bytes.
TEST(Aes256GcmTest, IsTheStandardOne) {
  Aes256Gcm zero = cipher_of(from_hex(std::string(64, '0')));
  const auto zero_nonce = from_hex(std::string(24, '0'));
  EXPECT_EQ(to_hex(seal(zero, zero_nonce, {}, {}).tag), "530f8afbc74536b9a963b4f1c4cb738b");
  const Sealed block = seal(zero, zero_nonce, {}, from_hex(std::string(32, '0')));
  EXPECT_EQ(to_hex(block.ciphertext), "cea7403d4d606b6e074ec5d3baf39d18");
  EXPECT_EQ(to_hex(block.tag), "d0d1c8a799996bf0265b98b5d48ab919");

  Aes256Gcm cipher = cipher_of(from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Sealed sealed = seal(
      cipher, from_hex("cafebabefacedbad"), from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
      from_hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b1"
          "6aedf5aa0de657ba637b39"));
  EXPECT_EQ(to_hex(sealed.ciphertext),
            "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0feb582d33934a4f0954cc2363bc73f78"
            "62ac430e64"
            "abe499f47c9b1f");
  EXPECT_EQ(to_hex(sealed.tag), "3a337dbf46a792c45e454913fe2ea8f2");
}

// A value that sops wrote: a nonce of 32 bytes.
struct SopsValue {
  ByteVector key = ByteVector(32, std::byte{'f'});
  ByteVector nonce = from_hex("33220361b4fbd7c251af5d50b4191c8f70f09b89356821990557997f413257ca");
  ByteVector ciphertext = from_hex("a18ca2");
  ByteVector tag = from_hex("b79cf6674db7529d24c700a0c3580dc6");
};

TEST(Aes256GcmTest, OpensAndMakesAValueOfSops) {
  const SopsValue value;
  Aes256Gcm cipher = cipher_of(value.key);
  ByteVector plaintext(value.ciphertext.size());
  ASSERT_TRUE(cipher.decrypt(value.nonce, bytes_of("bar:"), value.ciphertext, value.tag, plaintext));
  EXPECT_EQ(text_of(plaintext), "foo");
  const Sealed sealed = seal(cipher, value.nonce, bytes_of("bar:"), plaintext);
  EXPECT_EQ(sealed.ciphertext, value.ciphertext);
  EXPECT_EQ(sealed.tag, value.tag);
}

TEST(Aes256GcmTest, GivesNothingOfWhatWasChanged) {
  const SopsValue value;
  Aes256Gcm cipher = cipher_of(value.key);
  const auto refused = [&](Bytes nonce, std::string_view associated, Bytes ciphertext, Bytes tag) {
    ByteVector plaintext(ciphertext.size(), std::byte{7});
    return !cipher.decrypt(nonce, bytes_of(associated), ciphertext, tag, plaintext) &&
           plaintext == ByteVector(ciphertext.size());
  };
  ByteVector changed = value.ciphertext;
  changed[1] ^= std::byte{1};
  EXPECT_TRUE(refused(value.nonce, "bar:", changed, value.tag));
  EXPECT_TRUE(refused(value.nonce, "baz:", value.ciphertext, value.tag));
  EXPECT_TRUE(refused(value.nonce, "", value.ciphertext, value.tag));
  EXPECT_TRUE(refused(value.nonce, "bar:", value.ciphertext, Bytes(value.tag).first(15)));
  EXPECT_TRUE(refused(Bytes(value.nonce).first(12), "bar:", value.ciphertext, value.tag));
  EXPECT_TRUE(refused({}, "bar:", value.ciphertext, value.tag));
  EXPECT_TRUE(refused(ByteVector(129), "bar:", value.ciphertext, value.tag));
  ByteVector plaintext(value.ciphertext.size());
  EXPECT_TRUE(cipher.decrypt(value.nonce, bytes_of("bar:"), value.ciphertext, value.tag, plaintext))
      << "a failure must not spoil what comes after it";
}

TEST(Aes256GcmTest, RefusesUnusableNonces) {
  Aes256Gcm cipher = cipher_of(SopsValue().key);
  ByteVector tag(k_aes_gcm_tag_bytes);
  EXPECT_FALSE(cipher.encrypt({}, {}, {}, {}, tag));
  EXPECT_FALSE(cipher.encrypt(ByteVector(129), {}, {}, {}, tag));
  EXPECT_TRUE(cipher.encrypt(ByteVector(128), {}, {}, {}, tag));
}

}  // namespace
}  // namespace vmcred::crypto
