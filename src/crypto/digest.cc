// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <sodium/crypto_hash_sha256.h>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

// Looked up once: that takes longer than a short digest.
const EVP_MD* sha512_algorithm() {
  use_openssl();
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  require(algorithm != nullptr);
  return algorithm;
}

}  // namespace

Sha256Digest sha256(std::initializer_list<Bytes> parts) {
  use_sodium();
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const Bytes part : parts) crypto_hash_sha256_update(&state, octets(part), part.size());
  Sha256Digest digest;
  crypto_hash_sha256_final(&state, octets(WritableBytes(digest)));  // wipes the state
  return digest;
}

// The library wipes the context when it frees it.
struct Sha512::State {
  OpensslPointer<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
};

Sha512::Sha512() : m_state(std::make_unique<State>()) {
  require(m_state->context != nullptr &&
          EVP_DigestInit_ex2(m_state->context.get(), sha512_algorithm(), nullptr) == 1);
}

Sha512::Sha512(Sha512&&) noexcept = default;
Sha512& Sha512::operator=(Sha512&&) noexcept = default;
Sha512::~Sha512() = default;

void Sha512::update(Bytes bytes) {
  require(EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha512Digest Sha512::finish() {
  Sha512Digest digest;
  require(EVP_DigestFinal_ex(m_state->context.get(), octets(WritableBytes(digest)), nullptr) == 1);
  return digest;
}

}  // namespace vmcred::crypto
