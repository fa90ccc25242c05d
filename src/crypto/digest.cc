// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <sodium/crypto_hash_sha256.h>

#include "crypto/library.h"

namespace vmcred::crypto {
namespace {

unsigned char* octets(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* octets(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

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
  for (const Bytes part : parts) crypto_hash_sha256_update(&state, octets(part.data()), part.size());
  Sha256Digest digest;
  crypto_hash_sha256_final(&state, octets(digest.data()));  // wipes the state
  return digest;
}

// The library wipes the context when it frees it.
struct Sha512::State {
  State() : context(EVP_MD_CTX_new()) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context;
};

Sha512::Sha512() : m_state(std::make_unique<State>()) {
  require(m_state->context != nullptr &&
          EVP_DigestInit_ex2(m_state->context, sha512_algorithm(), nullptr) == 1);
}

Sha512::Sha512(Sha512&&) noexcept = default;
Sha512& Sha512::operator=(Sha512&&) noexcept = default;
Sha512::~Sha512() = default;

void Sha512::update(Bytes bytes) {
  require(EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size()) == 1);
}

Sha512Digest Sha512::finish() {
  Sha512Digest digest;
  require(EVP_DigestFinal_ex(m_state->context, octets(digest.data()), nullptr) == 1);
  return digest;
}

}  // namespace vmcred::crypto
