// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "credential/credential.h"

namespace vmcred::guest {

// Adds a set to a directory of credentials, in memory: all files or none. They are written to a directory
// beside it first; what is missing of the directory is made (0700). Fails with a `refused` error where it is
// on a disk or has a file of one of the names.
base::Result<void> store_credentials(const std::string& directory, const credential::CredentialSet& set);

}  // namespace vmcred::guest
