// SPDX-License-Identifier: Apache-2.0
// Files that are made without a script, one kind to a file of source. docs/generators.md has the form of
// each.
//
// Values of one line end without a newline; PEM and OpenSSH's private keys end with one. Failures are those
// of locked memory, or `credential` errors about the file that another one follows from; none quotes it.
#pragma once

#include "base/result.h"
#include "config/model.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::vars {

// What a derived file follows from.
struct Sources {
  crypto::Bytes of = {};
  crypto::Bytes issuer_key = {};  // these two: empty without an issuer
  crypto::Bytes issuer_certificate = {};
};

// Any file: `sources` only counts where config::is_derived().
base::Result<secret::SecretBuffer> make_file(const config::FileKind& kind, const Sources& sources);

// `size` bytes; base64 and hex give them as text.
base::Result<secret::SecretBuffer> make_raw(std::size_t size);
base::Result<secret::SecretBuffer> make_base64(std::size_t size);
base::Result<secret::SecretBuffer> make_hex(std::size_t size);

// `size` characters, each of A-Z, a-z and 0-9; a password leaves out those that look alike (0 O o, 1 l I).
base::Result<secret::SecretBuffer> make_alphanumeric(std::size_t size);
base::Result<secret::SecretBuffer> make_password(std::size_t size);

// A random one, version 4 (RFC 9562), in small letters.
base::Result<secret::SecretBuffer> make_uuid();

// yescrypt, as crypt(3) has it for /etc/shadow.
base::Result<secret::SecretBuffer> make_password_hash(crypto::Bytes password);

// OpenSSH's own format, without passphrase and comment; and "ssh-ed25519 AAAA…".
base::Result<secret::SecretBuffer> make_ssh_ed25519();
base::Result<secret::SecretBuffer> make_ssh_ed25519_public(crypto::Bytes private_key);

// 32 bytes as base64, as wg(8) has them.
base::Result<secret::SecretBuffer> make_wireguard();
base::Result<secret::SecretBuffer> make_wireguard_public(crypto::Bytes private_key);

// "AGE-SECRET-KEY-1…", "age1…".
base::Result<secret::SecretBuffer> make_age();
base::Result<secret::SecretBuffer> make_age_public(crypto::Bytes private_key);

// PKCS#8 in PEM; and an X.509 certificate in PEM.
base::Result<secret::SecretBuffer> make_tls_key(config::FileKind::Algorithm algorithm);
base::Result<secret::SecretBuffer> make_tls_certificate(const config::Certificate& certificate,
                                                        const Sources& sources);

}  // namespace vmcred::vars
