// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "credential/name.h"
#include "secret/buffer.h"

namespace vmcred::credential {

// A named secret on its way to a guest.
struct Credential {
  CredentialName name;  // the name in the guest
  secret::SecretBuffer value;
};

using CredentialSet = std::vector<Credential>;

// What systemd takes at most: CREDENTIAL_SIZE_MAX and CREDENTIALS_TOTAL_SIZE_MAX, each 1 MiB.
inline constexpr std::size_t k_max_credential_bytes = 1024 * 1024;
inline constexpr std::size_t k_max_total_bytes = 1024 * 1024;

}  // namespace vmcred::credential
