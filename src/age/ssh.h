// SPDX-License-Identifier: Apache-2.0
// SSH keys as recipients and identities: ssh-ed25519 and ssh-rsa. Unlike those of other kinds, their stanzas
// tell whose they are: each carries the first four bytes of SHA-256 of the public key. A stanza with our tag
// that does not open is therefore an error, not someone else's. Source: docs/age-ssh-and-plugins.md.
#pragma once

#include <memory>
#include <string_view>

#include "age/identity.h"
#include "age/recipient.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

// "ssh-ed25519 AAAA… [comment]" or "ssh-rsa AAAA… [comment]", as in a .pub file. Refuses RSA keys of fewer
// than 2048 bits and names other types of key. The recipient's text() has no comment.
base::Result<std::unique_ptr<const Recipient>> parse_ssh_recipient(std::string_view text);

// A private key file of at most 16 KiB: OpenSSH's format, or an unencrypted RSA key in PEM. A key that is
// locked with a passphrase is parsed as far as its public part; `prompt` (may be null, must outlive the
// identity) is asked once, when the first stanza for this key is met. `subject` names the file in errors and
// in the question.
base::Result<std::unique_ptr<const Identity>> parse_ssh_identity(crypto::Bytes pem, std::string_view subject,
                                                                 const PassphrasePrompt* prompt);

// The X25519 identity that the program ssh-to-age derives from an ssh-ed25519 key ("AGE-SECRET-KEY-1…": the
// scalar that the key signs with). Repositories that list machines by their host keys have recipients of that
// kind: "age1…" of the derived key is another recipient than "ssh-ed25519 …", and neither opens the other's
// files. A locked key asks for its passphrase at once.
base::Result<std::unique_ptr<const Identity>> x25519_identity_of_ssh_key(crypto::Bytes pem,
                                                                         std::string_view subject,
                                                                         const PassphrasePrompt* prompt);

// "age1…" of the same derivation, from the public key alone.
base::Result<std::unique_ptr<const Recipient>> x25519_recipient_of_ssh_key(std::string_view text);

}  // namespace vmcred::age
