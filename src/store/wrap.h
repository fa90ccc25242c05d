// SPDX-License-Identifier: Apache-2.0
// SOPS files for sets of public keys. Pure; any number of threads may call these.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "age/age.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "store/members.h"

namespace vmcred::store {

// A new file. Fails with a `not_yet` error for a PGP key: we read files that have them, but can't encrypt to
// them. `members` tells whose a key is.
base::Result<std::string> wrapped(crypto::Bytes plaintext, const Keys& keys, const Members& members);

// Who can open a file.
base::Result<Keys> actual_keys(std::string_view file);

enum class DataKey { keep, renew_on_removal };

// The same value for exactly these keys; nothing where it is for them already. Keys of other types than age
// stay.
base::Result<std::optional<std::string>> rewrapped(std::string_view file, const Keys& keys,
                                                   const Members& members, age::IdentityList identities,
                                                   DataKey data_key);

}  // namespace vmcred::store
