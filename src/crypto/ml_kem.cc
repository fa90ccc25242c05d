// SPDX-License-Identifier: Apache-2.0
#include "crypto/ml_kem.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <cassert>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

using Key = OpensslPointer<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = OpensslPointer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Encapsulation = OpensslPointer<EVP_KEM, EVP_KEM_free>;

// By name, as the headers of a library that lacks it don't know it.
constexpr const char* k_algorithm = "ML-KEM-768";
constexpr const char* k_seed_parameter = "seed";

Key key_of_seed(Bytes seed) {
  assert(seed.size() == k_ml_kem_seed_bytes);
  require(ml_kem_is_available());
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, k_algorithm, nullptr));
  // The library takes a copy of the seed, but not as const.
  auto* const bytes = const_cast<std::byte*>(seed.data());
  const std::array parameters{OSSL_PARAM_construct_octet_string(k_seed_parameter, bytes, seed.size()),
                              OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  require(context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1 &&
          EVP_PKEY_CTX_set_params(context.get(), parameters.data()) == 1 &&
          EVP_PKEY_generate(context.get(), &key) == 1);
  return Key(key);
}

}  // namespace

bool ml_kem_is_available() {
  static const bool available = [] {
    use_openssl();
    const Encapsulation found(EVP_KEM_fetch(nullptr, k_algorithm, nullptr));
    ERR_clear_error();
    return found != nullptr;
  }();
  return available;
}

MlKemPublicKey ml_kem_public(Bytes seed) {
  const Key key = key_of_seed(seed);
  MlKemPublicKey public_key;
  std::size_t size = public_key.size();
  require(EVP_PKEY_get_raw_public_key(key.get(), octets(WritableBytes(public_key)), &size) == 1 &&
          size == public_key.size());
  return public_key;
}

bool ml_kem_encapsulate(Bytes public_key, WritableBytes ciphertext, WritableBytes shared) {
  assert(public_key.size() == k_ml_kem_public_bytes && ciphertext.size() == k_ml_kem_ciphertext_bytes &&
         shared.size() == k_ml_kem_shared_bytes);
  require(ml_kem_is_available());
  const Key key(
      EVP_PKEY_new_raw_public_key_ex(nullptr, k_algorithm, nullptr, octets(public_key), public_key.size()));
  if (key == nullptr) {
    ERR_clear_error();
    return false;
  }
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  std::size_t ciphertext_size = ciphertext.size();
  std::size_t shared_size = shared.size();
  require(context != nullptr && EVP_PKEY_encapsulate_init(context.get(), nullptr) == 1 &&
          EVP_PKEY_encapsulate(context.get(), octets(ciphertext), &ciphertext_size, octets(shared),
                               &shared_size) == 1 &&
          ciphertext_size == ciphertext.size() && shared_size == shared.size());
  return true;
}

void ml_kem_decapsulate(Bytes seed, Bytes ciphertext, WritableBytes shared) {
  assert(ciphertext.size() == k_ml_kem_ciphertext_bytes && shared.size() == k_ml_kem_shared_bytes);
  const Key key = key_of_seed(seed);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  std::size_t size = shared.size();
  require(context != nullptr && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1 &&
          EVP_PKEY_decapsulate(context.get(), octets(shared), &size, octets(ciphertext), ciphertext.size()) ==
              1 &&
          size == shared.size());
}

}  // namespace vmcred::crypto
