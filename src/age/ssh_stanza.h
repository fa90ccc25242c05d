// SPDX-License-Identifier: Apache-2.0
// The stanzas "ssh-ed25519" and "ssh-rsa": the file key for the holder of an SSH key.
//
//   -> ssh-ed25519 TAG SHARE        X25519 as for age's own keys, the shared point multiplied by a number
//   that depends
//                                   on the SSH key, so that the two uses of the key stay apart
//   -> ssh-rsa TAG                  RSA-OAEP
#pragma once

#include "age/ssh_private_key.h"
#include "age/stanza.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

base::Result<Stanza> wrap_for_ssh_key(const SshPublicKey& key, crypto::Bytes file_key);

// Is it for this key, going by type and tag? A `header` failure where a stanza of the key's type is
// malformed.
base::Result<bool> is_for_ssh_key(const Stanza& stanza, const SshPublicKey& key);

// The file key from a stanza that is for this key. A `header` failure where it does not open: the tag said
// that it would.
base::Result<secret::SecretBuffer> unwrap_with_ssh_key(const Stanza& stanza, const SshPrivateKey& key);

}  // namespace vmcred::age
