// SPDX-License-Identifier: Apache-2.0
// Whoever a file is encrypted to.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "age/stanza.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::size_t k_file_key_bytes = 16;

class PluginUi;  // age/plugin.h: how a plugin asks a person. Null: nobody can be asked.

class Recipient {
 public:
  virtual ~Recipient() = default;

  // The file key (16 bytes), wrapped: one stanza or more. May be called from several threads at once.
  virtual base::Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const = 0;

  // Recipients may share a file only where their label sets are equal (specification, "Recipient stanza
  // labels").
  virtual base::Result<std::set<std::string>> labels() const { return std::set<std::string>(); }

  // The text that parse_recipient() takes; "" where there is none (a passphrase).
  virtual std::string text() const = 0;
};

using Recipients = std::vector<std::unique_ptr<const Recipient>>;

// "age1…", "age1pq1…" (post-quantum), "age1NAME1…" (a plugin), "ssh-ed25519 …" or "ssh-rsa …". The error
// quotes the text: a recipient is public.
base::Result<std::unique_ptr<const Recipient>> parse_recipient(std::string_view text,
                                                               const PluginUi* ui = nullptr);

// Is there a secret key in the text? Whoever pastes the wrong line, or a whole key file, must not find it in
// a log.
bool looks_secret(std::string_view text);

// A recipients file: one to a line, at most 8 KiB each; empty lines and lines that begin with '#' are
// skipped. `subject` names the file. SSH keys of types that age can't use are an error, unless `warnings`
// takes a sentence for each.
base::Result<Recipients> parse_recipients(std::string_view file, std::string_view subject,
                                          std::vector<std::string>* warnings = nullptr,
                                          const PluginUi* ui = nullptr);

// The passphrase is copied into locked memory. `log_n`: the work factor, 2^log_n KiB of memory.
base::Result<std::unique_ptr<const Recipient>> passphrase_recipient(crypto::Bytes passphrase,
                                                                    unsigned log_n = 18);

}  // namespace vmcred::age
