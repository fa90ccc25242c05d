// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_pipe.h"

#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>

#include "base/pipe.h"

namespace vmcred::age {
namespace {

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
  const base::NoPipeSignal quiet;
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
