// SPDX-License-Identifier: Apache-2.0
// Identity files that are age files themselves, locked with a passphrase.
#pragma once

#include <memory>
#include <string_view>

#include "age/identity.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

// Asks for the passphrase and opens the file. Without a prompt, or where the passphrase is wrong, an error
// that names the file.
base::Result<secret::SecretBuffer> open_identity_file(crypto::Bytes file, std::string_view subject,
                                                      const PassphrasePrompt* prompt);

// The identities in the file as one. The passphrase is asked for once, at the first unwrap(). `prompt` and
// `ui` may be null, and must outlive the identity.
std::unique_ptr<const Identity> encrypted_identities(crypto::Bytes file, std::string_view subject,
                                                     const PassphrasePrompt* prompt, const PluginUi* ui);

}  // namespace vmcred::age
