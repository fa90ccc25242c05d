// SPDX-License-Identifier: Apache-2.0
#include "crypto/rsa_oaep.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/rsa_pem.h"
#include "support/bytes.h"

namespace vmcred::crypto {
namespace {

using test_support::bytes_of;
using test_support::text_of;

constexpr std::string_view k_label = "example.org/label";

enum class Form { pkcs1, pkcs8 };

std::string new_pem(unsigned bits, Form form, const char* passphrase = nullptr) {
  EVP_PKEY* key = EVP_RSA_gen(bits);
  BIO* memory = BIO_new(BIO_s_mem());
  const EVP_CIPHER* cipher = passphrase == nullptr ? nullptr : EVP_aes_128_cbc();
  auto* text = const_cast<char*>(passphrase);
  if (form == Form::pkcs1)
    PEM_write_bio_PrivateKey_traditional(memory, key, cipher, nullptr, 0, nullptr, text);
  else
    PEM_write_bio_PKCS8PrivateKey(memory, key, cipher, nullptr, 0, nullptr, text);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  EVP_PKEY_free(key);
  return pem;
}

RsaPrivateKey new_key(unsigned bits = 2048) {
  auto key = rsa_private_key_of_pem(bytes_of(new_pem(bits, Form::pkcs1)));
  EXPECT_TRUE(key) << key.error().what;
  return *std::move(key);
}

TEST(RsaOaep, OpensWhatItSealed) {
  for (const auto form : {Form::pkcs1, Form::pkcs8}) {
    const auto key = rsa_private_key_of_pem(bytes_of(new_pem(2048, form)));
    ASSERT_TRUE(key) << key.error().what;
    EXPECT_EQ(key->public_key.bits(), 2048U);
    const auto sealed = rsa_oaep_encrypt(key->public_key, k_label, bytes_of("sixteen bytes..."));
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), 256U);
    const auto opened = rsa_oaep_decrypt(*key, k_label, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(text_of(opened->bytes()), "sixteen bytes...");
  }
}

TEST(RsaOaep, AnotherLabelKeyByteOrLengthDoesNotOpen) {
  const auto key = new_key();
  const auto other = new_key();
  auto sealed = *rsa_oaep_encrypt(key.public_key, k_label, bytes_of("x"));
  EXPECT_FALSE(rsa_oaep_decrypt(key, "example.org/other", sealed));
  EXPECT_FALSE(rsa_oaep_decrypt(other, k_label, sealed));
  EXPECT_FALSE(rsa_oaep_decrypt(key, k_label, std::span(sealed).first(255)));
  EXPECT_FALSE(rsa_oaep_decrypt(key, k_label, {}));
  sealed[100] ^= std::byte{1};
  const auto opened = rsa_oaep_decrypt(key, k_label, sealed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, base::ErrorKind::credential);
}

TEST(RsaOaep, RefusesAPlaintextThatDoesNotFit) {
  const auto key = new_key();
  EXPECT_FALSE(rsa_oaep_encrypt(key.public_key, k_label, std::vector<std::byte>(256 - 66 + 1)));
}

TEST(RsaOaep, RefusesNumbersThatAreNoKey) {
  const auto key = new_key();
  const auto refused = [](RsaPublicKey bad) { return !rsa_oaep_encrypt(bad, k_label, bytes_of("x")); };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({.modulus = key.public_key.modulus, .exponent = {}}));
  EXPECT_TRUE(refused({.modulus = key.public_key.modulus, .exponent = {std::byte{1}}}));
  EXPECT_TRUE(refused({.modulus = key.public_key.modulus, .exponent = {std::byte{4}}}));
  EXPECT_TRUE(refused({.modulus = key.public_key.modulus, .exponent = std::vector(9, std::byte{3})}));
  auto even = key.public_key;
  even.modulus.back() ^= std::byte{1};
  EXPECT_TRUE(refused(even));
}

TEST(RsaOaep, RefusesAPrivateKeyWhosePartsDoNotBelongTogether) {
  auto key = new_key();
  const auto sealed = *rsa_oaep_encrypt(key.public_key, k_label, bytes_of("x"));
  key.prime_p.writable_bytes().back() ^= std::byte{2};
  const auto opened = rsa_oaep_decrypt(key, k_label, sealed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, base::ErrorKind::config);
  key.prime_p.truncate(0);
  EXPECT_FALSE(rsa_oaep_decrypt(key, k_label, sealed));
}

TEST(RsaPem, NeverAsksForAPassphrase) {
  for (const auto form : {Form::pkcs1, Form::pkcs8})
    EXPECT_FALSE(rsa_private_key_of_pem(bytes_of(new_pem(2048, form, "test"))));
}

TEST(RsaPem, RefusesWhatIsNoRsaKey) {
  EXPECT_FALSE(rsa_private_key_of_pem({}));
  EXPECT_FALSE(
      rsa_private_key_of_pem(bytes_of("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")));
}

}  // namespace
}  // namespace vmcred::crypto
