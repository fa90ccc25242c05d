// SPDX-License-Identifier: Apache-2.0
// Whatever a guest says, what passes is made of the lines that may, and short.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/beside/notify_message.h"

namespace {

using vmcred::runner::NotifyFilter;

constexpr std::array<std::string_view, 7> k_beginnings = {
    "READY=1",
    "STATUS=",
    "X_SYSTEMD_UNIT_ACTIVE=",
    "X_SYSTEMD_UNIT_INACTIVE=",
    "X_SYSTEMD_SHUTDOWN=",
    "X_SYSTEMD_REBOOT_PARAMETER=",
    "EXIT_STATUS=",
};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_line(std::string_view line) {
  require(std::ranges::any_of(k_beginnings, [&](std::string_view b) { return line.starts_with(b); }));
  require(!line.starts_with("READY=") || line == "READY=1");
  require(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c <= 0x7e; }));
  require(line.size() <= 300);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const NotifyFilter::Clock::time_point now;
  NotifyFilter filter(now);
  const std::string passed = filter.pass(message, now);
  require(passed.empty() || passed.back() == '\n');
  std::string_view rest = passed;
  std::size_t lines = 0;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    check_line(line);
    ++lines;
  }
  require(lines <= k_beginnings.size());
  require(filter.pass(message, now).find("READY=1\n") == std::string::npos || !passed.starts_with("READY=1"));
  return 0;
}
