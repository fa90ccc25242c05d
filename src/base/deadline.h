// SPDX-License-Identifier: Apache-2.0
// Waiting that ends in time.
#pragma once

#include <chrono>

namespace vmcred::base {

using Deadline = std::chrono::steady_clock::time_point;

Deadline deadline_in(std::chrono::milliseconds time);

// For poll(2): rounded up, so that a wait of that long ends behind the deadline; 0 when the time is over, and
// at most a day.
int milliseconds_until(Deadline deadline);

// Sleeps a little and says true, or false where the time is over: for what the kernel gives no event for.
bool pause_before(Deadline deadline, std::chrono::milliseconds pause = std::chrono::milliseconds(20));

}  // namespace vmcred::base
