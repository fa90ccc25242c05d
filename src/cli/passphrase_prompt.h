// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "age/identity.h"
#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::cli {

// Asks for passphrases at the terminal, without an echo. Fails with a `usage` error where there is none.
class TerminalPassphrasePrompt final : public age::PassphrasePrompt {
 public:
  base::Result<secret::SecretBuffer> ask(std::string_view purpose) const override;
};

// Asks for a new one, twice. Fails where the two differ or are empty.
base::Result<secret::SecretBuffer> ask_for_new_passphrase(std::string_view purpose);

// The content of a file without the newline at its end: what --passphrase-file names ("-": standard input).
base::Result<secret::SecretBuffer> read_passphrase_file(const std::string& path);

}  // namespace vmcred::cli
