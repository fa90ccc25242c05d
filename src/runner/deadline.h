// SPDX-License-Identifier: Apache-2.0
// Waiting for a descriptor, but not for ever.
#pragma once

#include <chrono>

namespace vmcred::runner {

using Clock = std::chrono::steady_clock;

// For poll(2): rounded up, so that a wait of that long ends behind the deadline, and at least 0.
int milliseconds_until(Clock::time_point deadline);

// Waits until one of `events` (POLLIN, POLLOUT) holds for the descriptor, or the other end is gone. False
// where the deadline comes first.
bool is_ready_by(Clock::time_point deadline, int fd, short events);

}  // namespace vmcred::runner
