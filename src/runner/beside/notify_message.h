// SPDX-License-Identifier: Apache-2.0
// What a guest may tell the host's systemd about the unit that runs it. The guest is not trusted: systemd
// would believe the same words from the unit's own processes (sd_notify(3)), among them which process is the
// main one.
#pragma once

#include <string>
#include <string_view>

#include "runner/beside/rate_limit.h"

namespace vmcred::runner {

inline constexpr std::size_t k_max_notify_message_bytes = 4096;
inline constexpr std::size_t k_max_notify_status_bytes = 200;

// Judges all messages of one guest, in their order.
class NotifyFilter {
 public:
  using Clock = RateLimit::Clock;

  explicit NotifyFilter(Clock::time_point now);

  // The lines of a message that may pass, each with a newline; "" where none may. These pass, with the first
  // of each kind in a message: READY=1 once in the VM's life, STATUS= with printable ASCII and at most so
  // many bytes, and X_SYSTEMD_UNIT_ACTIVE=, X_SYSTEMD_UNIT_INACTIVE=, X_SYSTEMD_SHUTDOWN=,
  // X_SYSTEMD_REBOOT_PARAMETER= and EXIT_STATUS= with a value of their kind. A message that is too long
  // passes not at all. More than a few a second don't pass, but for the one with the first READY=1.
  std::string pass(std::string_view message, Clock::time_point now);

 private:
  RateLimit m_statuses;
  RateLimit m_others;
  bool m_is_ready = false;
};

}  // namespace vmcred::runner
