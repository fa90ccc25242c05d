// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/bytes.h"

namespace vmcred::age {

enum class PipeOutcome {
  written,
  closed,  // the other side is gone
  talks,   // the other side does not read, but has written: both would wait for ever
};

// Writes all bytes to a pipe that does not block, waiting for room; `answers` is the pipe that the other side
// writes to. Raises no SIGPIPE. Any failure of the pipe counts as closed.
PipeOutcome write_to_plugin(int pipe, int answers, crypto::Bytes bytes);

}  // namespace vmcred::age
