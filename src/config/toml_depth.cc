// SPDX-License-Identifier: Apache-2.0
#include "config/toml_depth.h"

#include <array>

namespace vmcred::config {
namespace {

// The offset behind the string that starts at `start`, or the text's end if it is not closed.
std::size_t string_end(std::string_view text, std::size_t start) {
  const char quote = text[start];
  const bool escapes = quote == '"';
  const bool multi_line = text.substr(start + 1).starts_with(quote == '"' ? "\"\"" : "''");
  std::size_t i = start + (multi_line ? 3 : 1);
  for (; i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (!multi_line && (text[i] == quote || text[i] == '\n')) {
      return i + 1;
    } else if (multi_line && text.substr(i, 3).find_first_not_of(quote) == std::string_view::npos) {
      break;
    }
  }
  // A closing delimiter may follow up to two quotes that belong to the string.
  const std::size_t end = text.find_first_not_of(quote, i);
  return end == std::string_view::npos ? text.size() : end;
}

bool ends_key(char c) {
  return c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

// Most of a config is letters, which are passed over by a look into a table each.
std::size_t next_of_interest(std::string_view text, std::size_t i) {
  static constexpr auto k_of_interest = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("\"'#.\n=,[]{}")) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  while (i < text.size() && !k_of_interest[static_cast<unsigned char>(text[i])]) ++i;
  return i;
}

}  // namespace

std::optional<std::size_t> find_too_deep_key(std::string_view text, std::size_t max_parts) {
  std::size_t parts = 1;
  std::size_t i = 0;
  while ((i = next_of_interest(text, i)) < text.size()) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = string_end(text, i);
    } else if (c == '#') {
      i = text.find('\n', i);
    } else {
      if (c == '.' && ++parts > max_parts) return i;
      if (ends_key(c)) parts = 1;
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace vmcred::config
