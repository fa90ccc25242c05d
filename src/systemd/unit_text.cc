// SPDX-License-Identifier: Apache-2.0
#include "systemd/unit_text.h"

#include <algorithm>
#include <span>

namespace vmcred::systemd {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Is a word of these what it is, with nothing around it?
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/._-+,:=@%").find(c) != std::string_view::npos;
}

std::string doubled(std::string_view text, std::string_view which) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) result.append(which.find(c) == std::string_view::npos ? 1 : 2, c);
  return result;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      result += "\\x";
      result += base::hex(std::as_bytes(std::span(&c, 1)));
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

std::string word(std::string_view text, std::string_view doubles) {
  const std::string escaped = doubled(text, doubles);
  return !text.empty() && std::ranges::all_of(text, is_plain) ? escaped : in_quotes(escaped);
}

}  // namespace

std::string list_word(std::string_view text) { return word(text, "%"); }

std::string command_word(std::string_view text) { return word(text, "%$"); }

base::Result<std::string> line_value(std::string_view text) {
  const bool fits = !text.empty() && std::ranges::none_of(text, is_control) && text.front() != ' ' &&
                    text.back() != ' ' && text.back() != '\\';
  if (!fits)
    return base::Error{.kind = base::ErrorKind::config,
                       .what = base::concat(base::quoted(text), " can't be written into a unit file"),
                       .hint =
                           "choose a name without control characters, that neither begins nor ends with "
                           "a space and does not end with a backslash"};
  return doubled(text, "%");
}

std::string sentence(std::string_view text) {
  std::string result = doubled(base::escaped(text), "%");
  std::ranges::replace(result, '\t', ' ');
  if (result.ends_with('\\')) result += ' ';
  return result;
}

void UnitText::comment(std::string_view text) {
  m_text += "# ";
  m_text += text;
  m_text += '\n';
}

void UnitText::section(std::string_view name) {
  if (!m_text.empty()) m_text += '\n';
  m_text += '[';
  m_text += name;
  m_text += "]\n";
}

}  // namespace vmcred::systemd
