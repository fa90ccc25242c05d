// SPDX-License-Identifier: Apache-2.0
// How a string is written in YAML: the way that Go's yaml.v3 chooses, so that files that vmcred and sops take
// turns in writing differ little, and more careful where other readers would take a plain string for
// something else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sops/text_sink.h"

namespace vmcred::sops {

enum class YamlStyle : std::uint8_t {
  plain,
  single_quoted,
  double_quoted,
  literal,  // several lines
  binary,   // not UTF-8: base64 with a tag
};

YamlStyle style_of_value(std::string_view text);

// Keys stand on one line. Must not be asked for keys that are not UTF-8.
YamlStyle style_of_key(std::string_view text);

// Writes the text in a style that stands on one line: all but `literal`.
void write_in_style(YamlStyle style, std::string_view text, TextSink& sink);

// Writes "|", the hint at the indentation where the text needs one, how it ends ("-", "+"), and, with
// `indent` spaces before each line that is not empty, the text; each with its newline. `hint`: how much
// deeper `indent` is than what the text belongs to. `comment`: goes behind the "|" and a '#'.
struct LiteralLayout {
  std::size_t indent;
  std::size_t hint;
  std::optional<std::string_view> comment;
};
void write_literal(std::string_view text, const LiteralLayout& layout, TextSink& sink);

}  // namespace vmcred::sops
