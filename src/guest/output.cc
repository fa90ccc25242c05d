// SPDX-License-Identifier: Apache-2.0
#include "guest/output.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::guest {
namespace {

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

base::Result<void> print(const Streams& streams, std::string_view text) {
  return base::write_all(streams.out, std::as_bytes(std::span(text)), "standard output");
}

void warn(const Streams& streams, std::string_view text) {
  const std::string line = base::concat("vmcred-guest: warning: ", text, "\n");
  static_cast<void>(base::write_all(streams.error, std::as_bytes(std::span(line)), "standard error"));
}

void print_error(const Streams& streams, const base::Error& error) {
  std::string text = base::concat("vmcred-guest: error: ", error.what, "\n");
  if (!error.hint.empty()) text += base::concat("vmcred-guest: hint: ", error.hint, "\n");
  static_cast<void>(base::write_all(streams.error, std::as_bytes(std::span(text)), "standard error"));
  for (const auto& other : error.others) print_error(streams, other);
}

std::string shown_name(std::string_view name) {
  return std::ranges::all_of(name, is_printable) ? std::string(name) : base::quoted(name);
}

std::string json_string(std::string_view text) {
  static constexpr std::string_view k_digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!is_printable(c)) {
      result += "\\u00";
      result += k_digits[byte >> 4U];
      result += k_digits[byte & 15U];
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace vmcred::guest
