// SPDX-License-Identifier: Apache-2.0
#include "guest/timed_io.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

#include "base/text.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error failed_io(std::string_view what) { return {.kind = ErrorKind::host, .what = std::string(what)}; }

Result<void> wait_for(int fd, short event, Deadline deadline) {
  pollfd waiting{.fd = fd, .events = event, .revents = 0};
  const int found = ::poll(&waiting, 1, milliseconds_until(deadline));
  // A port whose other end nobody has opened says that at once, again and again.
  const bool is_idle = found > 0 && (waiting.revents & event) == 0;
  if (found == 0 || (is_idle && !pause_before(deadline))) return failed_io("the host took too long");
  return {};
}

bool may_go_on() { return errno == EAGAIN || errno == EINTR; }

Error broken(int error_number) {
  return failed_io(base::concat("the connection broke: ", base::errno_text(error_number)));
}

}  // namespace

Result<void> make_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return base::errno_error("connection");
  return {};
}

Result<void> send_all(int fd, std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == ENOTSOCK) n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (!may_go_on()) {
      return broken(errno);
    } else {
      VMCRED_TRY(wait_for(fd, POLLOUT, deadline));
    }
  }
  return {};
}

Result<std::size_t> receive_some(int fd, std::span<std::byte> buffer, Deadline deadline) {
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n > 0) return static_cast<std::size_t>(n);
    if (n == 0) return failed_io("the host is not there, or closed the connection");
    if (!may_go_on()) return broken(errno);
    VMCRED_TRY(wait_for(fd, POLLIN, deadline));
  }
}

Result<void> receive_all(int fd, std::span<std::byte> buffer, Deadline deadline) {
  while (!buffer.empty()) {
    VMCRED_TRY_ASSIGN(const std::size_t n, receive_some(fd, buffer, deadline));
    buffer = buffer.subspan(n);
  }
  return {};
}

void wait_until_heard(int fd) {
  constexpr int k_close_milliseconds = 2000;
  if (::shutdown(fd, SHUT_WR) != 0) return;
  pollfd closing{.fd = fd, .events = POLLIN, .revents = 0};
  ::poll(&closing, 1, k_close_milliseconds);
}

}  // namespace vmcred::guest
