// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_pipe.h"

#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace vmcred::age {
namespace {

// Keeps SIGPIPE from this thread while it lives, and takes away the one that a write raised. Other threads,
// and who handles the signal otherwise, notice nothing.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    ::sigemptyset(&m_signal);
    ::sigaddset(&m_signal, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    m_was_pending = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &m_signal, &m_before);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  NoPipeSignal(NoPipeSignal&&) = delete;
  NoPipeSignal& operator=(NoPipeSignal&&) = delete;
  ~NoPipeSignal() {
    constexpr timespec k_at_once{.tv_sec = 0, .tv_nsec = 0};
    if (!m_was_pending)
      while (::sigtimedwait(&m_signal, nullptr, &k_at_once) < 0 && errno == EINTR) {}
    ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
  }

 private:
  sigset_t m_signal;
  sigset_t m_before;
  bool m_was_pending;
};

// `written` means: go on writing.
PipeOutcome wait_for_room(int pipe, int answers) {
  std::array<struct pollfd, 2> ends{
      {{.fd = pipe, .events = POLLOUT, .revents = 0}, {.fd = answers, .events = POLLIN, .revents = 0}}};
  if (::poll(ends.data(), ends.size(), -1) < 0)
    return errno == EINTR ? PipeOutcome::written : PipeOutcome::closed;
  if (ends[0].revents != 0) return PipeOutcome::written;
  return (ends[1].revents & POLLIN) != 0 ? PipeOutcome::talks : PipeOutcome::closed;
}

}  // namespace

PipeOutcome write_to_plugin(int pipe, int answers, crypto::Bytes bytes) {
  const NoPipeSignal quiet;
  while (!bytes.empty()) {
    const ssize_t size = ::write(pipe, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      if (const auto outcome = wait_for_room(pipe, answers); outcome != PipeOutcome::written) return outcome;
    } else if (errno != EINTR) {
      return PipeOutcome::closed;
    }
  }
  return PipeOutcome::written;
}

}  // namespace vmcred::age
