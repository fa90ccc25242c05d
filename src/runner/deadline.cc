// SPDX-License-Identifier: Apache-2.0
#include "runner/deadline.h"

#include <poll.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace vmcred::runner {

int milliseconds_until(Clock::time_point deadline) {
  constexpr std::int64_t k_hour_ms = 3'600'000;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, k_hour_ms));
}

bool is_ready_by(Clock::time_point deadline, int fd, short events) {
  pollfd waiting{.fd = fd, .events = events, .revents = 0};
  for (;;) {
    const int ready = ::poll(&waiting, 1, milliseconds_until(deadline));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace vmcred::runner
