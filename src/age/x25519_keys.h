// SPDX-License-Identifier: Apache-2.0
// Recipients "age1…" and identities "AGE-SECRET-KEY-1…". Source: C2SP age specification, "X25519 recipient
// stanza".
#pragma once

#include <memory>
#include <string_view>

#include "age/identity.h"
#include "age/recipient.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

base::Result<std::unique_ptr<const Recipient>> parse_x25519_recipient(std::string_view text);
base::Result<std::unique_ptr<const Identity>> parse_x25519_identity(crypto::Bytes text);

}  // namespace vmcred::age
