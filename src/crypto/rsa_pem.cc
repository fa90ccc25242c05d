// SPDX-License-Identifier: Apache-2.0
#include "crypto/rsa_pem.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

using base::Result;
using secret::SecretBuffer;

using Number = OpensslPointer<BIGNUM, BN_clear_free>;
using Key = OpensslPointer<EVP_PKEY, EVP_PKEY_free>;
using Input = OpensslPointer<BIO, BIO_free>;

// Stands where the library would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<SecretBuffer> number_of(const Key& key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &raw) != 1) {
    ERR_clear_error();
    return base::Error{.kind = base::ErrorKind::config, .what = "the rsa key lacks one of its numbers"};
  }
  const Number number(raw);
  VMCRED_TRY_ASSIGN(auto bytes, SecretBuffer::zeroed(static_cast<std::size_t>(BN_num_bytes(raw))));
  BN_bn2bin(raw, octets(bytes.writable_bytes()));
  return bytes;
}

std::vector<std::byte> public_bytes(const SecretBuffer& number) {
  return {number.bytes().begin(), number.bytes().end()};
}

Result<RsaPrivateKey> numbers_of(const Key& key) {
  VMCRED_TRY_ASSIGN(const auto modulus, number_of(key, OSSL_PKEY_PARAM_RSA_N));
  VMCRED_TRY_ASSIGN(const auto public_exponent, number_of(key, OSSL_PKEY_PARAM_RSA_E));
  VMCRED_TRY_ASSIGN(auto exponent, number_of(key, OSSL_PKEY_PARAM_RSA_D));
  VMCRED_TRY_ASSIGN(auto prime_p, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1));
  VMCRED_TRY_ASSIGN(auto prime_q, number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2));
  VMCRED_TRY_ASSIGN(auto coefficient, number_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
  return RsaPrivateKey{
      .public_key = {.modulus = public_bytes(modulus), .exponent = public_bytes(public_exponent)},
      .exponent = std::move(exponent),
      .prime_p = std::move(prime_p),
      .prime_q = std::move(prime_q),
      .coefficient = std::move(coefficient)};
}

Key read_key(Bytes pem) {
  if (pem.empty()) return nullptr;
  const Input input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(input != nullptr);
  return Key(PEM_read_bio_PrivateKey(input.get(), nullptr, no_passphrase, nullptr));
}

}  // namespace

Result<RsaPrivateKey> rsa_private_key_of_pem(Bytes pem) {
  use_openssl();
  const Key key = read_key(pem);
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    ERR_clear_error();
    return base::Error{.kind = base::ErrorKind::config,
                       .what = key == nullptr ? "the pem block holds no readable private key"
                                              : "the pem block holds a private key that is not an rsa key"};
  }
  return numbers_of(key);
}

}  // namespace vmcred::crypto
