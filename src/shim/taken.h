// SPDX-License-Identifier: Apache-2.0
// Credentials that stood on a command line, and how they join those of the unit.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "credential/credential.h"

namespace vmcred::shim {

struct TakenCredential {
  credential::Credential credential;
  std::string place;  // "--platform"
};

// Both together, the unit's first. A name that stands twice must have one value: which of two is meant,
// nobody can know. Fails with `credential` errors that name the credential and both places, never a value.
base::Result<credential::CredentialSet> join_credentials(credential::CredentialSet of_unit,
                                                         std::vector<TakenCredential> taken);

}  // namespace vmcred::shim
