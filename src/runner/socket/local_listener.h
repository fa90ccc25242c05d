// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// A stream socket that listens at this path, in the place of whatever an earlier VM left there. Nobody but
// its owner may connect.
base::Result<base::UniqueFd> listen_locally(const std::string& path);

}  // namespace vmcred::runner
