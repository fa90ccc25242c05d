// SPDX-License-Identifier: Apache-2.0
#include "age/identity.h"
#include "vars/kinds/kinds.h"

namespace vmcred::vars {

using base::Result;
using secret::SecretBuffer;

Result<SecretBuffer> make_age() {
  VMCRED_TRY_ASSIGN(age::GeneratedIdentity made, age::generate_identity());
  return std::move(made.secret_key);
}

Result<SecretBuffer> make_age_public(crypto::Bytes private_key) {
  VMCRED_TRY_ASSIGN(const age::Identities identities, age::parse_identities(private_key, "the private key"));
  if (identities.size() != 1)
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = "the private key is not one age identity"};
  const std::string recipient = identities.front()->recipient();
  return SecretBuffer::copy_of(std::as_bytes(std::span(recipient)));
}

}  // namespace vmcred::vars
