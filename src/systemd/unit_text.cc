// SPDX-License-Identifier: Apache-2.0
#include "systemd/unit_text.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace vmcred::systemd {
namespace {

// Objects, not functions: the compiler sees into what it gets them for, which is each byte of each unit.

// Is a word of these what it is, with nothing around it?
constexpr auto k_plain = [] {
  std::array<bool, 256> table{};
  for (const char plain :
       std::string_view("/._-+,:=@%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
    table[static_cast<unsigned char>(plain)] = true;
  return table;
}();
constexpr auto is_plain = [](char c) { return k_plain[static_cast<unsigned char>(c)]; };

constexpr auto is_specifier = [](char c) { return c == '%'; };
constexpr auto is_specifier_or_variable = [](char c) { return c == '%' || c == '$'; };

template <typename Doubles>
std::string doubled(std::string_view text, Doubles doubles) {
  if (std::ranges::none_of(text, doubles)) return std::string(text);  // as nearly always
  std::string result;
  for (const char c : text) result.append(doubles(c) ? 2 : 1, c);
  return result;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (base::is_control(c)) {
      result += "\\x";
      result += base::hex(std::as_bytes(std::span(&c, 1)));
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

template <typename Doubles>
std::string word(std::string_view text, Doubles doubles) {
  std::string escaped = doubled(text, doubles);
  return !text.empty() && std::ranges::all_of(text, is_plain) ? escaped : in_quotes(escaped);
}

}  // namespace

std::string list_word(std::string_view text) { return word(text, is_specifier); }

std::string command_word(std::string_view text) { return word(text, is_specifier_or_variable); }

base::Result<std::string> line_value(std::string_view text) {
  const bool fits = !text.empty() && std::ranges::none_of(text, base::is_control) && text.front() != ' ' &&
                    text.back() != ' ' && text.back() != '\\';
  if (!fits)
    return base::Error{.kind = base::ErrorKind::config,
                       .what = base::concat(base::quoted(text), " can't be written into a unit file"),
                       .hint =
                           "choose a name without control characters, that neither begins nor ends with "
                           "a space and does not end with a backslash"};
  return doubled(text, is_specifier);
}

std::string sentence(std::string_view text) {
  std::string result = doubled(base::escaped(text), is_specifier);
  std::ranges::replace(result, '\t', ' ');
  if (result.ends_with('\\')) result += ' ';
  return result;
}

void UnitText::section(std::string_view name) {
  if (!m_text.empty()) m_text += '\n';
  m_text += '[';
  m_text += name;
  m_text += "]\n";
}

}  // namespace vmcred::systemd
