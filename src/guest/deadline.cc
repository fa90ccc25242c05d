// SPDX-License-Identifier: Apache-2.0
#include "guest/deadline.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/text.h"

namespace vmcred::guest {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_max_timeout_seconds = 24 * 60 * 60;

}  // namespace

base::Result<std::chrono::seconds> timeout_of(const command::Arguments& arguments,
                                              std::chrono::seconds default_timeout) {
  const auto text = arguments.value("--timeout");
  if (!text) return default_timeout;
  int seconds = -1;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, seconds);
  if (error != std::errc() || rest != end || seconds < 0 || seconds > k_max_timeout_seconds)
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = base::concat("--timeout takes whole seconds, at most ", k_max_timeout_seconds)};
  return std::chrono::seconds(seconds);
}

Deadline deadline_in(std::chrono::milliseconds time) { return Clock::now() + time; }

int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000L * k_max_timeout_seconds));
}

bool pause_until(Deadline deadline, std::chrono::milliseconds pause) {
  if (Clock::now() >= deadline) return false;
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace vmcred::guest
