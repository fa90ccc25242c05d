// SPDX-License-Identifier: Apache-2.0
#include "runner/socket/deadline.h"

#include <poll.h>
#include <cerrno>

namespace vmcred::runner {

bool is_ready_by(Clock::time_point deadline, int fd, short events) {
  pollfd waiting{.fd = fd, .events = events, .revents = 0};
  for (;;) {
    const int ready = ::poll(&waiting, 1, milliseconds_until(deadline));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace vmcred::runner
