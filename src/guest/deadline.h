// SPDX-License-Identifier: Apache-2.0
// How long this program waits for the host.
#pragma once

#include <chrono>

#include "base/result.h"
#include "command/arguments.h"

namespace vmcred::guest {

using Deadline = std::chrono::steady_clock::time_point;

// What `--timeout SECONDS` says, else the default. A usage error for what is no number of seconds.
base::Result<std::chrono::seconds> timeout_of(const command::Arguments& arguments,
                                              std::chrono::seconds default_timeout);

Deadline deadline_in(std::chrono::milliseconds time);

// For poll(2): 0 when the time is over.
int milliseconds_until(Deadline deadline);

// Sleeps a little, unless the time is over, which it says by false: for what the kernel gives no event for.
bool pause_until(Deadline deadline, std::chrono::milliseconds pause = std::chrono::milliseconds(20));

}  // namespace vmcred::guest
