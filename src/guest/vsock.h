// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::guest {

// Loads the driver of the virtio socket and connects to the host, from a port below 1024 where this process
// may have one: that tells the host that it is not just any process of this guest. Waits two seconds at most.
// On failure a `host` error.
base::Result<base::UniqueFd> connect_by_vsock(std::uint32_t cid, std::uint32_t port);

}  // namespace vmcred::guest
