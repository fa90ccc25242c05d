// SPDX-License-Identifier: Apache-2.0
// SSH private keys, as far as age uses them.
#pragma once

#include <variant>

#include "age/ssh_public_key.h"
#include "crypto/rsa_oaep.h"
#include "secret/buffer.h"

namespace vmcred::age {

struct SshEd25519PrivateKey {
  secret::SecretBuffer scalar;  // what X25519 multiplies with: half of SHA-512 of the key's seed, clamped
};

struct SshPrivateKey {
  SshPublicKey public_key;
  std::variant<SshEd25519PrivateKey, crypto::RsaPrivateKey> key;  // of the public key's type
};

}  // namespace vmcred::age
