// SPDX-License-Identifier: Apache-2.0
// What a service tells its manager: sd_notify(3), as one datagram without libsystemd.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vmcred::systemd {

// Sends "READY=1", or several such lines, to the socket that $NOTIFY_SOCKET names. False where the variable
// is unset: nobody waits for it. Waits while the manager's queue is full. Fails with an io or `host` error.
base::Result<bool> notify(std::string_view state);

// The same, to an address as $NOTIFY_SOCKET has it: "/path" or "@abstract".
base::Result<void> notify_at(std::string_view address, std::string_view state);

// As notify(), and waits a few seconds at most until the manager has read it (sd_notify_barrier(3)): it asks
// the kernel who the sender is, so that one that is no main process must not end before.
base::Result<bool> notify_and_wait(std::string_view state);

}  // namespace vmcred::systemd
