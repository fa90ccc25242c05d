// SPDX-License-Identifier: Apache-2.0
#include "shim/platform_option.h"

namespace vmcred::shim {
namespace {

std::string_view trimmed(std::string_view text, std::string_view letters) {
  const auto first = text.find_first_not_of(letters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(letters) - first + 1);
}

constexpr std::string_view k_systemd_white_space = " \t\n\v\f\r";

}  // namespace

std::optional<std::vector<std::string_view>> split_at_commas(std::string_view text) {
  text = trimmed(text, k_systemd_white_space);
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  std::size_t brackets = 0;
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == '[') ++brackets;
    if (c == ']' && brackets-- == 0) return std::nullopt;
    if (c == ',' && brackets == 0) {
      pieces.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  pieces.push_back(text.substr(start));
  if (in_quotes || brackets != 0) return std::nullopt;
  return pieces;
}

std::optional<std::vector<std::string_view>> split_list(std::string_view text) {
  return split_at_commas(trimmed(trimmed(text, k_systemd_white_space), "[]"));
}

}  // namespace vmcred::shim
