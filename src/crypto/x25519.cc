// SPDX-License-Identifier: Apache-2.0
#include "crypto/x25519.h"

#include <sodium/crypto_scalarmult_curve25519.h>
#include <cassert>

#include "crypto/library.h"
#include "crypto/octets.h"

namespace vmcred::crypto {
X25519Point x25519_public(Bytes scalar) {
  assert(scalar.size() == k_x25519_bytes);
  use_sodium();
  X25519Point point;
  require(crypto_scalarmult_curve25519_base(octets(WritableBytes(point)), octets(scalar)) == 0);
  return point;
}

bool x25519(Bytes scalar, Bytes point, WritableBytes shared) {
  assert(scalar.size() == k_x25519_bytes && point.size() == k_x25519_bytes &&
         shared.size() == k_x25519_bytes);
  use_sodium();
  return crypto_scalarmult_curve25519(octets(shared), octets(scalar), octets(point)) == 0;
}

}  // namespace vmcred::crypto
