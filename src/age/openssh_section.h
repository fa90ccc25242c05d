// SPDX-License-Identifier: Apache-2.0
// The secret part of an OpenSSH private key, decrypted. Source: OpenSSH's PROTOCOL.key, section 3.
#pragma once

#include <optional>

#include "age/ssh_private_key.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

// Do the two check numbers in front agree? They don't where the passphrase was a wrong one.
bool openssh_section_is_open(crypto::Bytes section);

// The key in an open section, which must be the one of `public_key`. Fails with a `config` error where the
// section is malformed, the keys differ, or the padding to whole blocks is not 1, 2, 3, …
base::Result<SshPrivateKey> parse_openssh_section(crypto::Bytes section, const SshPublicKey& public_key,
                                                  std::size_t block_bytes);

}  // namespace vmcred::age
