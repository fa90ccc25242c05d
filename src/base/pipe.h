// SPDX-License-Identifier: Apache-2.0
// Pipes to programs that we start, and what happens when they close their end.
#pragma once

#include <csignal>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::base {

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

// Both ends with O_CLOEXEC.
Result<Pipe> make_pipe();

// Keeps SIGPIPE from this thread while it lives, and takes away the one that a write raised. Other threads,
// and who handles the signal otherwise, notice nothing.
class NoPipeSignal {
 public:
  NoPipeSignal();
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal();

 private:
  sigset_t m_signal;
  sigset_t m_before;
  bool m_was_pending;
};

}  // namespace vmcred::base
