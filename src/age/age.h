// SPDX-License-Identifier: Apache-2.0
// The age file format, version 1 (https://age-encryption.org/v1): encryption to recipients, decryption with
// identities. This header, age/recipient.h, age/identity.h and, for plugins that ask, age/plugin.h are all
// that a user of the library needs.
//
//   VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient("age1…"));
//   VMCRED_TRY_ASSIGN(auto file, age::encrypt(bytes, {&recipient, 1}, age::Armor::no));
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "age/failure.h"
#include "age/identity.h"
#include "age/recipient.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

enum class Armor { no, yes };

using RecipientList = std::span<const std::unique_ptr<const Recipient>>;
using IdentityList = std::span<const std::unique_ptr<const Identity>>;

// Small files, whole in memory. Fails where there is no recipient or where recipients can't share a file.
base::Result<std::vector<std::byte>> encrypt(crypto::Bytes plaintext, RecipientList recipients, Armor armor);

// Takes armored and binary files. The plaintext is given only when all of it is authentic.
base::Result<secret::SecretBuffer> decrypt(crypto::Bytes file, IdentityList identities);

// Files of any size in constant memory, from one descriptor to another; neither is closed. `subject`s name
// them in errors. On failure whoever owns `output` should discard it: it holds authentic bytes, but not all.
struct Channel {
  int fd;
  std::string_view subject;
};
base::Result<void> encrypt_stream(Channel input, Channel output, RecipientList recipients, Armor armor);
base::Result<void> decrypt_stream(Channel input, Channel output, IdentityList identities);

}  // namespace vmcred::age
