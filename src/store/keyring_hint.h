// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/error.h"
#include "store/keyring.h"

namespace vmcred::store {

// The `credential` error for a file that could not be decrypted. Where no identity opened it, it names the
// sources of identities that could not be used.
base::Error unreadable(base::Error error, std::string_view file, const Keyring& keyring);

// The error of somebody who is no user of the repository.
base::Error not_a_user(const Keyring& keyring);

}  // namespace vmcred::store
