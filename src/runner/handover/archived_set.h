// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "credential/credential.h"
#include "secret/buffer.h"

namespace vmcred::runner {

// The set as an archive (credential/archive.h), in locked memory.
base::Result<secret::SecretBuffer> archive_of(const credential::CredentialSet& set);

}  // namespace vmcred::runner
