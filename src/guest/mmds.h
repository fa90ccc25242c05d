// SPDX-License-Identifier: Apache-2.0
// Firecracker's metadata service, version 2 (docs/mmds/mmds-user-guide.md of Firecracker): a token first,
// then the item with it.
#pragma once

#include <netinet/in.h>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "credential/credential.h"
#include "guest/deadline.h"

namespace vmcred::guest {

// "169.254.169.254" or "169.254.169.254:80"; nothing for all else.
std::optional<sockaddr_in> parse_mmds_address(std::string_view text);

// Fetches the set, each time by new connections. Errors of the kind `host` may be gone at the next attempt.
base::Result<credential::CredentialSet> fetch_from_mmds(const sockaddr_in& address, Deadline deadline);

}  // namespace vmcred::guest
