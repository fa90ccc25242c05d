// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/notify_message.h"

#include <algorithm>
#include <array>

namespace vmcred::runner {
namespace {

constexpr std::string_view k_ready = "READY=1";
constexpr std::string_view k_status = "STATUS=";

constexpr unsigned k_statuses_per_second = 10;
// A guest that boots reports a handful of targets within a second.
constexpr unsigned k_others_at_once = 40;
constexpr unsigned k_others_per_second = 20;

bool is_printable(char c) { return c >= 0x20 && c <= 0x7e; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// What systemd allows in a unit's name.
bool is_of_unit_name(char c) {
  return is_letter(c) || is_digit(c) || std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}
bool is_of_shutdown_kind(char c) { return is_lower(c) || c == '-'; }

// A kind of line that passes unchanged when its value looks like one.
struct Field {
  std::string_view key;
  bool (*may_hold)(char c);
  std::size_t most_bytes;
};
constexpr std::array k_fields{
    Field{"X_SYSTEMD_UNIT_ACTIVE=", is_of_unit_name, 255},
    Field{"X_SYSTEMD_UNIT_INACTIVE=", is_of_unit_name, 255},
    Field{"X_SYSTEMD_SHUTDOWN=", is_of_shutdown_kind, 32},
    Field{"X_SYSTEMD_REBOOT_PARAMETER=", is_printable, 200},
    Field{"EXIT_STATUS=", is_digit, 3},
};

bool has_value_of(const Field& field, std::string_view line) {
  if (!line.starts_with(field.key)) return false;
  const auto value = line.substr(field.key.size());
  return !value.empty() && value.size() <= field.most_bytes && std::ranges::all_of(value, field.may_hold);
}

// The first line that is wanted, or nothing.
template <typename Predicate>
std::string_view first_line(std::string_view message, Predicate is_wanted) {
  while (!message.empty()) {
    const auto line = message.substr(0, message.find('\n'));
    message.remove_prefix(std::min(message.size(), line.size() + 1));
    if (is_wanted(line)) return line;
  }
  return {};
}

void add_line(std::string& passed, std::string_view line) {
  passed += line;
  passed += '\n';
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, k_max_notify_status_bytes));
  std::ranges::replace_if(shown, [](char c) { return !is_printable(c); }, '?');
  return shown;
}

}  // namespace

NotifyFilter::NotifyFilter(Clock::time_point now)
    : m_statuses(k_statuses_per_second, k_statuses_per_second, now),
      m_others(k_others_at_once, k_others_per_second, now) {}

std::string NotifyFilter::pass(std::string_view message, Clock::time_point now) {
  if (message.size() > k_max_notify_message_bytes) return {};
  std::string passed;
  const bool turns_ready =
      !m_is_ready && !first_line(message, [](std::string_view line) { return line == k_ready; }).empty();
  if (turns_ready) add_line(passed, k_ready);
  m_is_ready = m_is_ready || turns_ready;

  const auto status = first_line(message, [](std::string_view line) { return line.starts_with(k_status); });
  if (!status.empty() && (m_statuses.take(now) || turns_ready)) {
    passed += k_status;
    add_line(passed, printable(status.substr(k_status.size())));
  }
  for (const auto& field : k_fields) {
    const auto line = first_line(message, [&](std::string_view l) { return has_value_of(field, l); });
    if (!line.empty() && (m_others.take(now) || turns_ready)) add_line(passed, line);
  }
  return passed;
}

}  // namespace vmcred::runner
