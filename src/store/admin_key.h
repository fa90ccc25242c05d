// SPDX-License-Identifier: Apache-2.0
// An admin's own key pair.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/keyring.h"

namespace vmcred::store {

struct AdminKey {
  std::vector<std::string> recipients;
  std::string new_key_file;  // the file that the new identity was added to; "" where there was one already
};

// The recipients of the keyring's age identities. Where there are none: a new identity, appended to the file
// that $SOPS_AGE_KEY_FILE names, else to sops/age/keys.txt in the user's config folder (0600, folders 0700).
// Load the keyring anew after that.
base::Result<AdminKey> ensure_admin_key(const Keyring& keyring);

}  // namespace vmcred::store
