// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_style.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "base/utf8.h"
#include "secret/base64.h"
#include "sops/tree.h"
#include "sops/yaml_resolve.h"

namespace vmcred::sops {
namespace {

// The character at `index` of valid UTF-8; `next` becomes the index behind it.
char32_t take_character(std::string_view text, std::size_t index, std::size_t& next) {
  const auto first = static_cast<unsigned char>(text[index]);
  next = index + 1;
  if (first < 0x80) return first;
  char32_t character = first & (first < 0xe0 ? 0x1fU : first < 0xf0 ? 0x0fU : 0x07U);
  for (; next < text.size() && base::is_continuation(text[next]); ++next) {
    character = (character << 6U) | (static_cast<unsigned char>(text[next]) & 0x3fU);
  }
  return character;
}

// What a string holds that forbids one style or another.
struct Traits {
  bool indicators = false;  // would be read as syntax
  bool line_feeds = false;
  bool unprintable = false;  // needs an escape, tabs and line feeds aside
  bool tabs = false;
  bool space_at_edge = false;  // at the front or the end
  bool space_at_end = false;
  bool space_before_break = false;  // would be lost in plain and quoted styles, and unseen in a literal
};

bool is_blank_or_end(std::string_view text, std::size_t index) {
  return index >= text.size() || text[index] == ' ' || text[index] == '\t' || text[index] == '\n';
}

bool is_indicator_at_front(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return true;
  if (std::string_view(",[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  return std::string_view("-?:").find(text.front()) != std::string_view::npos && is_blank_or_end(text, 1);
}

bool is_indicator_inside(std::string_view text, std::size_t index) {
  if (text[index] == ':') return is_blank_or_end(text, index + 1);
  return text[index] == '#' && index > 0 && is_blank_or_end(text, index - 1);
}

// As Go's library sees it: characters beyond the first 65,536 are escaped too, and so are the breaks that
// only YAML 1.1 knows.
bool is_printable(char32_t character) {
  if (character < 0x80) return character >= 0x20 && character < 0x7f;
  const bool is_break = character == 0x2028 || character == 0x2029;
  return character >= 0xa0 && character <= 0xfffd && !is_break && character != 0xfeff;
}

Traits traits_of(std::string_view text) {
  Traits traits;
  traits.indicators = is_indicator_at_front(text);
  traits.space_at_end = text.ends_with(' ');
  traits.space_at_edge = traits.space_at_end || text.starts_with(' ');
  std::size_t next = 0;
  for (std::size_t index = 0; index < text.size(); index = next) {
    const char32_t character = take_character(text, index, next);
    if (character == '\n') {
      traits.line_feeds = true;
      traits.space_before_break |= index > 0 && text[index - 1] == ' ';
    } else if (character == '\t') {
      traits.tabs = true;
    } else {
      traits.unprintable |= !is_printable(character);
      traits.indicators |= is_indicator_inside(text, index);
    }
  }
  return traits;
}

// [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} at the front: other libraries take more of these for timestamps than Go's
// does, and stumble over days that there are not.
bool begins_with_date(std::string_view text) {
  const auto digits_from = [&](std::size_t index) {
    std::size_t end = index;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return end - index;
  };
  const auto short_number = [](std::size_t digits) { return digits == 1 || digits == 2; };
  if (digits_from(0) != 4 || text.substr(4, 1) != "-") return false;
  const std::size_t month = digits_from(5);
  return short_number(month) && text.substr(5 + month, 1) == "-" && short_number(digits_from(6 + month));
}

// Numbers that only YAML 1.1 knows: to base 60 ("1:30"), or with underscores in odd places.
bool is_old_number(std::string_view text) {
  const bool is_number_like =
      text.find_first_not_of("0123456789abcdefABCDEFxX_:.+-") == std::string_view::npos;
  const bool begins_so =
      (text.front() >= '0' && text.front() <= '9') || text.front() == '+' || text.front() == '-';
  const bool only_hexadecimal = text.find_first_of(":_x") == std::string_view::npos;
  return is_number_like && begins_so && !only_hexadecimal;
}

bool is_old_word(std::string_view text) {
  constexpr std::array<std::string_view, 17> k_words{"y", "Y",  "yes", "Yes", "YES", "on",  "On",  "ON", "n",
                                                     "N", "no", "No",  "NO",  "off", "Off", "OFF", "="};
  return std::find(k_words.begin(), k_words.end(), text) != k_words.end();
}

bool reads_as_string(std::string_view text) {
  return !is_old_word(text) && meaning_of(text) == YamlMeaning::string && !is_old_number(text) &&
         !begins_with_date(text);
}

YamlStyle style_on_one_line(std::string_view text, const Traits& traits) {
  if (traits.unprintable || traits.tabs || traits.line_feeds || !reads_as_string(text)) {
    return YamlStyle::double_quoted;
  }
  return traits.indicators || traits.space_at_edge ? YamlStyle::single_quoted : YamlStyle::plain;
}

void write_single_quoted(std::string_view text, TextSink& sink) {
  sink.append("'");
  while (true) {
    const std::size_t quote = text.find('\'');
    sink.append(text.substr(0, quote));
    if (quote == std::string_view::npos) break;
    sink.append("''");
    text.remove_prefix(quote + 1);
  }
  sink.append("'");
}

struct Escape {
  char32_t character;
  std::string_view text;
};
constexpr std::array<Escape, 15> k_escapes{{
    {0x00, "\\0"},
    {0x07, "\\a"},
    {0x08, "\\b"},
    {0x09, "\\t"},
    {0x0a, "\\n"},
    {0x0b, "\\v"},
    {0x0c, "\\f"},
    {0x0d, "\\r"},
    {0x1b, "\\e"},
    {'"', "\\\""},
    {'\\', "\\\\"},
    {0x85, "\\N"},
    {0xa0, "\\_"},
    {0x2028, "\\L"},
    {0x2029, "\\P"},
}};

void write_number_escape(char32_t character, TextSink& sink) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  const unsigned digits = character <= 0xff ? 2 : character <= 0xffff ? 4 : 8;
  sink.append(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U");
  for (unsigned i = digits; i > 0; --i) sink.append(k_digits.substr((character >> (4 * (i - 1))) & 0xfU, 1));
}

void write_double_quoted(std::string_view text, TextSink& sink) {
  sink.append("\"");
  std::size_t next = 0;
  for (std::size_t index = 0; index < text.size(); index = next) {
    const char32_t character = take_character(text, index, next);
    const auto* const escape = std::find_if(k_escapes.begin(), k_escapes.end(), [&](const Escape& candidate) {
      return candidate.character == character && character != 0xa0;
    });
    if (escape != k_escapes.end()) {
      sink.append(escape->text);
    } else if (is_printable(character)) {
      sink.append(text.substr(index, next - index));
    } else {
      write_number_escape(character, sink);
    }
  }
  sink.append("\"");
}

void write_binary(std::string_view text, TextSink& sink) {
  constexpr std::size_t k_group_bytes = 48;
  std::array<std::byte, secret::base64_length(k_group_bytes)> encoded{};
  sink.append("!!binary ");
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), k_group_bytes))) {
    const std::string_view group = text.substr(0, k_group_bytes);
    const auto used = std::span(encoded).first(secret::base64_length(group.size()));
    secret::base64_encode(bytes_of(group), used);
    sink.append(text_of(used));
  }
  ::explicit_bzero(encoded.data(), encoded.size());
}

}  // namespace

YamlStyle style_of_value(std::string_view text) {
  if (text.empty()) return YamlStyle::double_quoted;
  if (base::valid_utf8_length(text) != text.size()) return YamlStyle::binary;
  const Traits traits = traits_of(text);
  const bool literal =
      traits.line_feeds && !traits.unprintable && !traits.space_at_end && !traits.space_before_break;
  return literal ? YamlStyle::literal : style_on_one_line(text, traits);
}

YamlStyle style_of_key(std::string_view text) {
  return text.empty() ? YamlStyle::double_quoted : style_on_one_line(text, traits_of(text));
}

void write_in_style(YamlStyle style, std::string_view text, TextSink& sink) {
  switch (style) {
    case YamlStyle::plain:
    case YamlStyle::literal:
      return sink.append(text);
    case YamlStyle::single_quoted:
      return write_single_quoted(text, sink);
    case YamlStyle::double_quoted:
      return write_double_quoted(text, sink);
    case YamlStyle::binary:
      return write_binary(text, sink);
  }
}

void write_literal(std::string_view text, const LiteralLayout& layout, TextSink& sink) {
  sink.append("|");
  const bool needs_hint = text.starts_with(' ') || text.starts_with('\t') || text.starts_with('\n');
  if (needs_hint) sink.append(std::to_string(layout.hint));
  if (!text.ends_with('\n')) sink.append("-");
  if (text.ends_with("\n\n") || text == "\n") sink.append("+");
  if (layout.comment) {
    sink.append(" #");
    sink.append(*layout.comment);
  }
  sink.append("\n");
  const std::string indentation(layout.indent, ' ');
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) sink.append(indentation);
    sink.append(line);
    sink.append("\n");
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

}  // namespace vmcred::sops
