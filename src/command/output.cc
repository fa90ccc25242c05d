// SPDX-License-Identifier: Apache-2.0
#include "command/output.h"

#include <unistd.h>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <span>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::command {
namespace {

using base::concat;

constexpr std::string_view k_bold_red = "\x1b[1;31m";
constexpr std::string_view k_bold_yellow = "\x1b[1;33m";
constexpr std::string_view k_bold_cyan = "\x1b[1;36m";
constexpr std::string_view k_plain = "\x1b[0m";

bool wants_colour(int stream) { return ::isatty(stream) != 0 && std::getenv("NO_COLOR") == nullptr; }

// "vmcred: error: text", with the word in colour where `colour` says so.
std::string labelled(std::string_view program, std::string_view label, std::string_view text, bool colour,
                     std::string_view shade) {
  return concat(program, ": ", colour ? shade : "", label, ":", colour ? k_plain : "", " ", text, "\n");
}

void append_error(std::string& text, std::string_view program, const base::Error& error, bool colour) {
  text += labelled(program, "error", error.what, colour, k_bold_red);
  if (!error.hint.empty()) text += labelled(program, "hint", error.hint, colour, k_bold_cyan);
  for (const auto& other : error.others) append_error(text, program, other, colour);
}

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

base::Result<void> print(const Streams& streams, std::string_view text) {
  return base::write_all(streams.out, std::as_bytes(std::span(text)), "standard output");
}

void print_note(const Streams& streams, std::string_view text) {
  static_cast<void>(base::write_all(streams.error, std::as_bytes(std::span(text)), "standard error"));
}

void warn(std::string_view program, const Streams& streams, std::string_view text) {
  print_note(streams, labelled(program, "warning", text, wants_colour(streams.error), k_bold_yellow));
}

void print_error(std::string_view program, const Streams& streams, const base::Error& error) {
  std::string text;
  append_error(text, program, error, wants_colour(streams.error));
  print_note(streams, text);
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

}  // namespace vmcred::command
