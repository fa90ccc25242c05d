// SPDX-License-Identifier: Apache-2.0
// A credentials directory as systemd makes one: a file for each credential, readable by one unit.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"

namespace vmcred::credential {

// Opens $CREDENTIALS_DIRECTORY or the like. Refuses one that users other than its owner and group may enter:
// systemd makes it 0500, or 0550 with an ACL whose mask shows as the group's bits.
base::Result<base::UniqueFd> open_directory(const std::string& path);

// The value of one credential of an open directory. Links are not followed. Fails with a `credential` error
// naming the file: "host-api-key not found in credentials directory" when there is none.
base::Result<secret::SecretBuffer> read_credential(int directory_fd, const CredentialName& name);

}  // namespace vmcred::credential
