// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace vmcred::sops {

// A time as RFC 3339 says it, with as many digits of the second's fraction as are not zero.
// Wiped when it goes: it may be a secret's.
class TimestampText {
 public:
  TimestampText() = default;
  TimestampText(const TimestampText&) = default;
  TimestampText& operator=(const TimestampText&) = delete;
  ~TimestampText();

  void append(std::string_view text);
  void append_number(unsigned number, unsigned digits);
  std::string_view view() const { return {m_text.data(), m_size}; }

 private:
  std::array<char, 40> m_text{};  // "2001-12-14T21:59:43.123456789-05:00" has 35
  std::size_t m_size = 0;
};

// A YAML timestamp in that form, or nothing where the text is none. Taken are "2001-12-14", "2001-12-14
// 21:59:43.1" (UTC, both) and "2001-12-14T21:59:43.1-05:00", with one or two digits for month, day, hour,
// minute and second.
std::optional<TimestampText> normal_timestamp(std::string_view text);

}  // namespace vmcred::sops
