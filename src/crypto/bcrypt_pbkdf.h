// SPDX-License-Identifier: Apache-2.0
// The key derivation of passphrase-protected OpenSSH keys: PBKDF2's shape over bcrypt over SHA-512.
// Source: the format that OpenSSH documents in PROTOCOL.key, section 2; bcrypt as in "A Future-Adaptable
// Password Scheme" (Provos and Mazières, 1999), the output words little-endian and the key bytes interleaved.
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::crypto {

// Far more than anybody waits for (ssh-keygen's default is 16 or 24); bounds what a crafted file may cost.
inline constexpr unsigned k_max_bcrypt_rounds = 10'000;

// Fills `key` (1 to 1024 bytes) from a passphrase and a salt, neither empty. Fails with a `config` error for
// zero or too many rounds or an empty input, and where locked memory does.
base::Result<void> bcrypt_pbkdf(Bytes passphrase, Bytes salt, unsigned rounds, WritableBytes key);

}  // namespace vmcred::crypto
