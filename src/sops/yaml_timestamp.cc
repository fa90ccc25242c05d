// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_timestamp.h"

#include <string.h>

#include <algorithm>
#include <chrono>

#include "base/ascii.h"

namespace vmcred::sops {
namespace {

constexpr unsigned k_most_fraction_digits = 9;

// Takes the text apart from its front. Every take_… says whether it found what it wants.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : m_rest(text) {}

  bool done() const { return m_rest.empty(); }

  bool take(char wanted) {
    if (m_rest.empty() || m_rest.front() != wanted) return false;
    m_rest.remove_prefix(1);
    return true;
  }

  bool take_number(unsigned least_digits, unsigned most_digits, unsigned& number) {
    unsigned digits = 0;
    number = 0;
    while (digits < most_digits && !m_rest.empty() && base::is_digit(m_rest.front())) {
      number = number * 10 + static_cast<unsigned>(m_rest.front() - '0');
      m_rest.remove_prefix(1);
      ++digits;
    }
    return digits >= least_digits;
  }

  // All digits that follow; what is finer than a nanosecond is dropped.
  std::string_view take_fraction() {
    const auto* const end = std::find_if_not(m_rest.begin(), m_rest.end(), base::is_digit);
    std::string_view digits(m_rest.begin(), end);
    m_rest.remove_prefix(digits.size());
    digits = digits.substr(0, k_most_fraction_digits);
    while (digits.ends_with('0')) digits.remove_suffix(1);
    return digits;
  }

  bool fraction_follows() const {
    return m_rest.size() >= 2 && (m_rest[0] == '.' || m_rest[0] == ',') && base::is_digit(m_rest[1]);
  }

  void skip() { m_rest.remove_prefix(1); }

 private:
  std::string_view m_rest;
};

bool copy_date(Scanner& scanner, TimestampText& result) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!scanner.take_number(4, 4, year) || !scanner.take('-') || !scanner.take_number(1, 2, month) ||
      !scanner.take('-') || !scanner.take_number(1, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day));
  if (!date.ok()) return false;
  result.append_number(year, 4);
  result.append("-");
  result.append_number(month, 2);
  result.append("-");
  result.append_number(day, 2);
  return true;
}

bool copy_time(Scanner& scanner, TimestampText& result) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  if (!scanner.take_number(1, 2, hour) || !scanner.take(':') || !scanner.take_number(1, 2, minute) ||
      !scanner.take(':') || !scanner.take_number(1, 2, second)) {
    return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  result.append("T");
  result.append_number(hour, 2);
  result.append(":");
  result.append_number(minute, 2);
  result.append(":");
  result.append_number(second, 2);
  if (!scanner.fraction_follows()) return true;
  scanner.skip();
  const std::string_view fraction = scanner.take_fraction();
  if (!fraction.empty()) {
    result.append(".");
    result.append(fraction);
  }
  return true;
}

bool copy_zone(Scanner& scanner, TimestampText& result) {
  if (scanner.take('Z')) {
    result.append("Z");
    return true;
  }
  const bool east = scanner.take('+');
  unsigned hours = 0;
  unsigned minutes = 0;
  if ((!east && !scanner.take('-')) || !scanner.take_number(2, 2, hours) || !scanner.take(':') ||
      !scanner.take_number(2, 2, minutes) || hours > 23 || minutes > 59) {
    return false;
  }
  if (hours == 0 && minutes == 0) {
    result.append("Z");
    return true;
  }
  result.append(east ? "+" : "-");
  result.append_number(hours, 2);
  result.append(":");
  result.append_number(minutes, 2);
  return true;
}

bool copy_timestamp(Scanner& scanner, TimestampText& result) {
  if (!copy_date(scanner, result)) return false;
  if (scanner.done()) {
    result.append("T00:00:00Z");
    return true;
  }
  if (scanner.take(' ')) {
    if (!copy_time(scanner, result)) return false;
    result.append("Z");
    return true;
  }
  return (scanner.take('T') || scanner.take('t')) && copy_time(scanner, result) && copy_zone(scanner, result);
}

}  // namespace

TimestampText::~TimestampText() { ::explicit_bzero(m_text.data(), m_text.size()); }

void TimestampText::append(std::string_view text) {
  std::copy(text.begin(), text.end(), m_text.data() + m_size);
  m_size += text.size();
}

void TimestampText::append_number(unsigned number, unsigned digits) {
  for (unsigned i = digits; i > 0; --i) {
    m_text[m_size + i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  m_size += digits;
}

std::optional<TimestampText> normal_timestamp(std::string_view text) {
  Scanner scanner(text);
  TimestampText result;
  if (!copy_timestamp(scanner, result) || !scanner.done()) return std::nullopt;
  return result;
}

}  // namespace vmcred::sops
