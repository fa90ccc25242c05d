// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "command/arguments.h"
#include "credential/credential.h"

namespace vmcred::cli {

// What the unit has by LoadCredential=. A `credential` error where it has nothing, unless that is allowed: a
// guest without its secrets looks well from outside (W25).
base::Result<credential::CredentialSet> read_unit_set(const command::Arguments& arguments);

}  // namespace vmcred::cli
