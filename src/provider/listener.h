// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::provider {

// The one socket that systemd passed, set not to block. Fails with a `host` error where there is none, or it
// does not listen for local streams.
base::Result<base::UniqueFd> take_listener();

}  // namespace vmcred::provider
