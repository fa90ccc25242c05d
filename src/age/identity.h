// SPDX-License-Identifier: Apache-2.0
// Whoever can open a file.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "age/recipient.h"
#include "age/stanza.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

class Identity {
 public:
  virtual ~Identity() = default;

  // The file key from the stanza that is for this identity; nothing where none is. A `header` failure where a
  // stanza that can only be for an identity of this type is malformed. May be called from several threads at
  // once.
  virtual base::Result<std::optional<secret::SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const = 0;

  // The text of the recipient that this identity opens, as parse_recipient() takes it; "" where it is
  // unknown.
  virtual std::string recipient() const = 0;

  // May unwrap() ask a person or start a program? Those that don't are tried first.
  virtual bool may_ask() const { return false; }
};

using Identities = std::vector<std::unique_ptr<const Identity>>;

// How a library that has no terminal gets a passphrase: the front end hands one in.
class PassphrasePrompt {
 public:
  virtual ~PassphrasePrompt() = default;
  // `purpose` is for people: "identity file 'x'". An error ends the operation that asked.
  virtual base::Result<secret::SecretBuffer> ask(std::string_view purpose) const = 0;
};

// "AGE-SECRET-KEY-1…", "AGE-SECRET-KEY-PQ-1…" or "AGE-PLUGIN-NAME-1…". Errors never quote the text.
base::Result<std::unique_ptr<const Identity>> parse_identity(crypto::Bytes text,
                                                             const PluginUi* ui = nullptr);

// An identity file: identities one to a line (empty lines and '#' comments skipped); or an OpenSSH private
// key; or an age file (armored or not) that holds identities and is locked with a passphrase, asked for when
// it is needed first. `prompt` may be null (a needed passphrase is then an error) and must outlive the
// identities. `subject` names the file.
base::Result<Identities> parse_identities(crypto::Bytes file, std::string_view subject,
                                          const PassphrasePrompt* prompt = nullptr,
                                          const PluginUi* ui = nullptr);

// Whom the identities of such a file open (age -e -i). A locked file's passphrase is asked for at once.
base::Result<Recipients> recipients_of_identities(crypto::Bytes file, std::string_view subject,
                                                  const PassphrasePrompt* prompt = nullptr,
                                                  const PluginUi* ui = nullptr);

// Opens files that were encrypted to a passphrase. `max_log_n` bounds the memory that a file may make us use.
base::Result<std::unique_ptr<const Identity>> passphrase_identity(crypto::Bytes passphrase,
                                                                  unsigned max_log_n = 22);

// A new X25519 identity: the text of the secret key ("AGE-SECRET-KEY-1…", no newline) and of its recipient.
struct GeneratedIdentity {
  secret::SecretBuffer secret_key;
  std::string recipient;
};
base::Result<GeneratedIdentity> generate_identity();

// A new post-quantum identity ("AGE-SECRET-KEY-PQ-1…"). A `host` error where OpenSSL is older than 3.5.
base::Result<GeneratedIdentity> generate_hybrid_identity();

}  // namespace vmcred::age
