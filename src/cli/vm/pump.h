// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

namespace vmcred::cli {

struct PumpEnds {
  int input;   // what goes to the socket
  int output;  // where what the socket says goes
  int socket;  // becomes non-blocking
};

// Copies both ways until the socket's side has ended. The end of the input is passed on.
base::Result<void> pump(const PumpEnds& ends);

// The same for somebody at a terminal: the end of the input, or ^] in it, ends it.
base::Result<void> pump_until_escape(const PumpEnds& ends);

}  // namespace vmcred::cli
