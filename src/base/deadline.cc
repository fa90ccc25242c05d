// SPDX-License-Identifier: Apache-2.0
#include "base/deadline.h"

#include <algorithm>
#include <cstdint>
#include <thread>

namespace vmcred::base {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Deadline deadline_in(std::chrono::milliseconds time) { return Clock::now() + time; }

int milliseconds_until(Deadline deadline) {
  constexpr std::int64_t k_day_ms = 24L * 60 * 60 * 1000;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, k_day_ms));
}

bool pause_before(Deadline deadline, std::chrono::milliseconds pause) {
  if (Clock::now() >= deadline) return false;
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace vmcred::base
