// SPDX-License-Identifier: Apache-2.0
#include "base/pipe.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <ctime>

namespace vmcred::base {

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("make a pipe");
  return Pipe{.reader = UniqueFd(ends[0]), .writer = UniqueFd(ends[1])};
}

NoPipeSignal::NoPipeSignal() {
  ::sigemptyset(&m_signal);
  ::sigaddset(&m_signal, SIGPIPE);
  sigset_t pending;
  ::sigpending(&pending);
  m_was_pending = ::sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &m_signal, &m_before);
}

NoPipeSignal::~NoPipeSignal() {
  constexpr timespec k_at_once{.tv_sec = 0, .tv_nsec = 0};
  if (!m_was_pending)
    while (::sigtimedwait(&m_signal, nullptr, &k_at_once) < 0 && errno == EINTR) {}
  ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

}  // namespace vmcred::base
