// SPDX-License-Identifier: Apache-2.0
// The credentials that a unit has by LoadCredential=, with the names that its guest gets to know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "credential/credential.h"

namespace vmcred::shim {

// host-db-password -> DB_PASSWORD; a name without the prefix stays as it is. Fails with a `credential` error
// where what follows the prefix is no secret's name.
base::Result<credential::CredentialName> guest_name(std::string_view file_name);

// All files of an open credentials directory, in the order of their names. Fails with `credential` errors:
// two files of one name in the guest and different values; an empty one, unless its name is among
// `may_be_empty`; one that a provider refused.
base::Result<credential::CredentialSet> read_unit_credentials(int directory_fd,
                                                              const std::vector<std::string>& may_be_empty);

}  // namespace vmcred::shim
