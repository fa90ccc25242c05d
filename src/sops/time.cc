// SPDX-License-Identifier: Apache-2.0
#include "sops/time.h"

#include <chrono>

#include "base/ascii.h"

namespace vmcred::sops {
namespace {

using base::is_digit;

constexpr std::string_view k_shape = "dddd-dd-ddTdd:dd:dd";

// 'd' stands for a digit, all else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  return true;
}

unsigned number_at(std::string_view text, std::size_t start, std::size_t digits) {
  unsigned number = 0;
  for (const char c : text.substr(start, digits)) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

bool is_date_and_time(std::string_view text) {
  if (!has_shape(text, k_shape)) return false;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number_at(text, 0, 4))),
                                         std::chrono::month(number_at(text, 5, 2)),
                                         std::chrono::day(number_at(text, 8, 2)));
  return date.ok() && number_at(text, 11, 2) < 24 && number_at(text, 14, 2) < 60 &&
         number_at(text, 17, 2) < 60;
}

bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  return (has_shape(text, "+dd:dd") || has_shape(text, "-dd:dd")) && number_at(text, 1, 2) < 24 &&
         number_at(text, 4, 2) < 60;
}

// The zone at the end of a time, or nothing where the text is no time.
std::optional<std::string_view> zone_of(std::string_view text) {
  if (!is_date_and_time(text.substr(0, k_shape.size()))) return std::nullopt;
  std::string_view zone = text.substr(k_shape.size());
  if (zone.starts_with('.')) {
    const std::size_t end = zone.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    zone.remove_prefix(end);
  }
  if (!is_zone(zone)) return std::nullopt;
  return zone;
}

}  // namespace

// A decrypted value is asked about as well: nothing is copied.
bool is_time(std::string_view text) { return zone_of(text).has_value(); }

std::optional<std::string> normal_time(std::string_view text) {
  const auto zone = zone_of(text);
  if (!zone) return std::nullopt;
  const bool is_utc = *zone == "+00:00" || *zone == "-00:00";
  return std::string(text.substr(0, k_shape.size())).append(is_utc ? "Z" : *zone);
}

}  // namespace vmcred::sops
