// SPDX-License-Identifier: Apache-2.0
#include "crypto/ed25519.h"

#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_sign_ed25519.h>
#include <cassert>

#include "crypto/library.h"
#include "crypto/octets.h"

namespace vmcred::crypto {
namespace {

static_assert(k_ed25519_seed_bytes == crypto_sign_ed25519_SEEDBYTES);
static_assert(k_ed25519_public_bytes == crypto_sign_ed25519_PUBLICKEYBYTES);

}  // namespace

base::Result<Ed25519PublicKey> ed25519_public(Bytes seed) {
  assert(seed.size() == k_ed25519_seed_bytes);
  use_sodium();
  VMCRED_TRY_ASSIGN(auto expanded, secret::SecretBuffer::zeroed(crypto_sign_ed25519_SECRETKEYBYTES));
  Ed25519PublicKey key;
  require(crypto_sign_ed25519_seed_keypair(octets(WritableBytes(key)), octets(expanded.writable_bytes()),
                                           octets(seed)) == 0);
  return key;
}

std::optional<X25519Point> x25519_of_ed25519_public(Bytes public_key) {
  assert(public_key.size() == k_ed25519_public_bytes);
  use_sodium();
  X25519Point point;
  if (crypto_sign_ed25519_pk_to_curve25519(octets(WritableBytes(point)), octets(public_key)) != 0)
    return std::nullopt;
  return point;
}

base::Result<secret::SecretBuffer> x25519_scalar_of_ed25519_seed(Bytes seed) {
  assert(seed.size() == k_ed25519_seed_bytes);
  use_sodium();
  VMCRED_TRY_ASSIGN(auto scalar, secret::SecretBuffer::zeroed(crypto_hash_sha512_BYTES));
  require(crypto_hash_sha512(octets(scalar.writable_bytes()), octets(seed), seed.size()) == 0);
  scalar.truncate(k_x25519_bytes);
  const auto bytes = scalar.writable_bytes();
  bytes.front() &= std::byte{0xf8};
  bytes.back() = (bytes.back() & std::byte{0x7f}) | std::byte{0x40};
  return scalar;
}

}  // namespace vmcred::crypto
