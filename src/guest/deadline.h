// SPDX-License-Identifier: Apache-2.0
// How long this program waits for the host.
#pragma once

#include <chrono>

#include "base/deadline.h"
#include "base/result.h"
#include "command/arguments.h"

namespace vmcred::guest {

using base::Deadline;
using base::deadline_in;
using base::milliseconds_until;
using base::pause_before;

// What `--timeout SECONDS` says, else the default. A usage error for what is no number of seconds.
base::Result<std::chrono::seconds> timeout_of(const command::Arguments& arguments,
                                              std::chrono::seconds default_timeout);

}  // namespace vmcred::guest
