// SPDX-License-Identifier: Apache-2.0
// Waiting for a descriptor, but not for ever.
#pragma once

#include <chrono>

#include "base/deadline.h"

namespace vmcred::runner {

using Clock = std::chrono::steady_clock;

using base::milliseconds_until;

// Waits until one of `events` (POLLIN, POLLOUT) holds for the descriptor, or the other end is gone. False
// where the deadline comes first.
bool is_ready_by(Clock::time_point deadline, int fd, short events);

}  // namespace vmcred::runner
