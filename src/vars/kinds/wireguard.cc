// SPDX-License-Identifier: Apache-2.0
#include "crypto/x25519.h"
#include "secret/base64.h"
#include "secret/random.h"
#include "vars/kinds/kinds.h"

namespace vmcred::vars {

using base::Result;
using secret::SecretBuffer;

Result<SecretBuffer> make_wireguard() {
  VMCRED_TRY_ASSIGN(SecretBuffer scalar, SecretBuffer::zeroed(crypto::k_x25519_bytes));
  VMCRED_TRY(secret::fill_random(scalar.writable_bytes()));
  // RFC 7748, section 5. X25519 would do it by itself; other programs expect to see it done.
  scalar.writable_bytes().front() &= std::byte{0xf8};
  scalar.writable_bytes().back() = (scalar.bytes().back() & std::byte{0x7f}) | std::byte{0x40};
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(secret::base64_length(scalar.size())));
  secret::base64_encode(scalar.bytes(), text.writable_bytes());
  return text;
}

Result<SecretBuffer> make_wireguard_public(crypto::Bytes private_key) {
  VMCRED_TRY_ASSIGN(SecretBuffer scalar, SecretBuffer::zeroed(private_key.size() / 4 * 3 + 3));
  const auto size = secret::base64_decode(private_key, scalar.writable_bytes());
  if (size != crypto::k_x25519_bytes)
    return base::Error{.kind = base::ErrorKind::credential, .what = "the private key is no WireGuard key"};
  const auto point = crypto::x25519_public(scalar.bytes().first(crypto::k_x25519_bytes));
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(secret::base64_length(point.size())));
  secret::base64_encode(point, text.writable_bytes());
  return text;
}

}  // namespace vmcred::vars
