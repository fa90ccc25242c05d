// SPDX-License-Identifier: Apache-2.0
#include "crypto/rsa_oaep.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <bit>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;

using Number = OpensslPointer<BIGNUM, BN_clear_free>;
using NumberContext = OpensslPointer<BN_CTX, BN_CTX_free>;
using Key = OpensslPointer<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = OpensslPointer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Parameters = OpensslPointer<OSSL_PARAM, OSSL_PARAM_free>;
using ParameterBuilder = OpensslPointer<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

// The library keeps a list of what went wrong; errors of ours say it in their own words.
base::Error bad_key() {
  ERR_clear_error();
  return {.kind = ErrorKind::config, .what = "the numbers of the rsa key are no usable key"};
}

Number public_number(Bytes bytes) {
  Number number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
  require(number != nullptr);
  return number;
}

// Arithmetic with it takes time that does not depend on its value.
Number secret_number(Bytes bytes) {
  Number number(BN_secure_new());
  require(number != nullptr &&
          BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), number.get()) != nullptr);
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

// exponent modulo (prime - 1): what the library wants beside the primes, and key files leave out.
Number reduced_exponent(const BIGNUM* exponent, const BIGNUM* prime, BN_CTX* context) {
  Number reduced(BN_secure_new());
  const Number less_one(BN_dup(prime));
  require(reduced != nullptr && less_one != nullptr && BN_sub_word(less_one.get(), 1) == 1);
  BN_set_flags(less_one.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(less_one.get())) return nullptr;
  require(BN_mod(reduced.get(), exponent, less_one.get(), context) == 1);
  return reduced;
}

Key key_of(OSSL_PARAM_BLD* builder, int selection) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  require(parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) return nullptr;
  return Key(key);
}

// An exponent below 3 would not encrypt; the library takes 64 bits at most for long keys.
bool is_usable(const RsaPublicKey& key) {
  const auto odd = [](const std::vector<std::byte>& number) {
    return !number.empty() && (number.back() & std::byte{1}) != std::byte{0};
  };
  const bool exponent_is_one = key.exponent.size() == 1 && key.exponent[0] == std::byte{1};
  return odd(key.modulus) && odd(key.exponent) && !exponent_is_one &&
         key.exponent.size() <= sizeof(std::uint64_t) && key.bits() <= OPENSSL_RSA_MAX_MODULUS_BITS;
}

Key library_key(const RsaPublicKey& key) {
  if (!is_usable(key)) return nullptr;
  const Number modulus = public_number(key.modulus);
  const Number exponent = public_number(key.exponent);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  require(builder != nullptr &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  return key_of(builder.get(), EVP_PKEY_PUBLIC_KEY);
}

bool is_product(const BIGNUM* product, const BIGNUM* p, const BIGNUM* q, BN_CTX* context) {
  const Number computed(BN_secure_new());
  require(computed != nullptr && BN_mul(computed.get(), p, q, context) == 1);
  return BN_cmp(computed.get(), product) == 0;
}

Key library_key(const RsaPrivateKey& key) {
  if (!is_usable(key.public_key)) return nullptr;
  const Number modulus = public_number(key.public_key.modulus);
  const Number public_exponent = public_number(key.public_key.exponent);
  const Number exponent = secret_number(key.exponent.bytes());
  const Number p = secret_number(key.prime_p.bytes());
  const Number q = secret_number(key.prime_q.bytes());
  const Number coefficient = secret_number(key.coefficient.bytes());
  const NumberContext context(BN_CTX_secure_new());
  require(context != nullptr);
  if (!is_product(modulus.get(), p.get(), q.get(), context.get())) return nullptr;
  const Number exponent_p = reduced_exponent(exponent.get(), p.get(), context.get());
  const Number exponent_q = reduced_exponent(exponent.get(), q.get(), context.get());
  if (exponent_p == nullptr || exponent_q == nullptr) return nullptr;

  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  const auto push = [&](const char* name, const Number& number) {
    require(OSSL_PARAM_BLD_push_BN(builder.get(), name, number.get()) == 1);
  };
  require(builder != nullptr);
  push(OSSL_PKEY_PARAM_RSA_N, modulus);
  push(OSSL_PKEY_PARAM_RSA_E, public_exponent);
  push(OSSL_PKEY_PARAM_RSA_D, exponent);
  push(OSSL_PKEY_PARAM_RSA_FACTOR1, p);
  push(OSSL_PKEY_PARAM_RSA_FACTOR2, q);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT1, exponent_p);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT2, exponent_q);
  push(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, coefficient);
  return key_of(builder.get(), EVP_PKEY_KEYPAIR);
}

bool use_oaep(EVP_PKEY_CTX* context, std::string_view label) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) != 1)
    return false;
  void* copy = OPENSSL_memdup(label.data(), label.size());
  require(copy != nullptr);
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) == 1) return true;
  OPENSSL_free(copy);
  return false;
}

}  // namespace

std::size_t RsaPublicKey::bits() const {
  if (modulus.empty()) return 0;
  return (modulus.size() - 1) * 8 +
         static_cast<std::size_t>(std::bit_width(std::to_integer<unsigned>(modulus[0])));
}

Result<std::vector<std::byte>> rsa_oaep_encrypt(const RsaPublicKey& key, std::string_view label,
                                                Bytes plaintext) {
  use_openssl();
  const Key library = library_key(key);
  if (library == nullptr) return bad_key();
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, library.get(), nullptr));
  require(context != nullptr);
  std::vector<std::byte> ciphertext(key.modulus.size());
  std::size_t size = ciphertext.size();
  if (EVP_PKEY_encrypt_init(context.get()) != 1 || !use_oaep(context.get(), label) ||
      EVP_PKEY_encrypt(context.get(), octets(WritableBytes(ciphertext)), &size, octets(plaintext),
                       plaintext.size()) != 1 ||
      size != ciphertext.size())
    return bad_key();
  return ciphertext;
}

Result<SecretBuffer> rsa_oaep_decrypt(const RsaPrivateKey& key, std::string_view label, Bytes ciphertext) {
  use_openssl();
  const Key library = library_key(key);
  if (library == nullptr) return bad_key();
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, library.get(), nullptr));
  require(context != nullptr);
  if (EVP_PKEY_decrypt_init(context.get()) != 1 || !use_oaep(context.get(), label)) return bad_key();
  VMCRED_TRY_ASSIGN(auto plaintext, SecretBuffer::zeroed(key.public_key.modulus.size()));
  std::size_t size = plaintext.size();
  if (ciphertext.size() != key.public_key.modulus.size() ||
      EVP_PKEY_decrypt(context.get(), octets(plaintext.writable_bytes()), &size, octets(ciphertext),
                       ciphertext.size()) != 1) {
    ERR_clear_error();
    return base::Error{.kind = ErrorKind::credential, .what = "the ciphertext is not for this rsa key"};
  }
  plaintext.truncate(size);
  return plaintext;
}

}  // namespace vmcred::crypto
