// SPDX-License-Identifier: Apache-2.0
// Letters and digits of ASCII, whatever the locale: what names, numbers and dates are made of.
#pragma once

namespace vmcred::base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// What is no text: 0x00 to 0x1f and 0x7f.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace vmcred::base
