// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace vmcred::runner {

// So many at once, and so many a second after that. Not for several threads.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  RateLimit(unsigned at_once, unsigned per_second, Clock::time_point now)
      : m_most(at_once), m_per_second(per_second), m_left(at_once), m_last(now) {}

  // Takes one, if there is one.
  bool take(Clock::time_point now) {
    refill(now);
    if (m_left < 1) return false;
    m_left -= 1;
    return true;
  }

  // How long until there is one; zero if there is.
  Clock::duration wait(Clock::time_point now) {
    refill(now);
    if (m_left >= 1) return Clock::duration::zero();
    return std::chrono::ceil<Clock::duration>(std::chrono::duration<double>((1 - m_left) / m_per_second));
  }

 private:
  void refill(Clock::time_point now) {
    m_left = std::min(m_most, m_left + std::chrono::duration<double>(now - m_last).count() * m_per_second);
    m_last = now;
  }

  double m_most;
  double m_per_second;
  double m_left;
  Clock::time_point m_last;
};

}  // namespace vmcred::runner
