// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha3.h"

#include <openssl/evp.h>
#include <cassert>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

// The library wipes it when it frees it.
using Context = OpensslPointer<EVP_MD_CTX, EVP_MD_CTX_free>;

const EVP_MD* found(const char* name) {
  use_openssl();
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  require(algorithm != nullptr);
  return algorithm;
}

Context absorbed(const EVP_MD* algorithm, std::initializer_list<Bytes> parts) {
  Context context(EVP_MD_CTX_new());
  require(context != nullptr && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  for (const Bytes part : parts) require(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  return context;
}

}  // namespace

void sha3_256(std::initializer_list<Bytes> parts, WritableBytes digest) {
  assert(digest.size() == k_sha3_256_bytes);
  static const EVP_MD* algorithm = found("SHA3-256");
  const Context context = absorbed(algorithm, parts);
  require(EVP_DigestFinal_ex(context.get(), octets(digest), nullptr) == 1);
}

void shake256(std::initializer_list<Bytes> parts, WritableBytes output) {
  static const EVP_MD* algorithm = found("SHAKE256");
  const Context context = absorbed(algorithm, parts);
  require(EVP_DigestFinalXOF(context.get(), octets(output), output.size()) == 1);
}

}  // namespace vmcred::crypto
