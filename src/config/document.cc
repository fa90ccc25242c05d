// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <array>

#include "base/text.h"
#include "base/utf8.h"

namespace vmcred::config {

std::string_view noun(const Node& node) {
  static constexpr std::array<std::string_view, 6> k_nouns = {"a table",        "an array",  "a string",
                                                              "a whole number", "a boolean", "a fraction"};
  if (const auto* foreign = std::get_if<Node::Foreign>(&node.value)) return foreign->noun;
  return k_nouns[node.value.index()];
}

base::Error error_at(std::string_view path, Location location, std::string_view sentence) {
  return {.kind = base::ErrorKind::config,
          .what = base::concat(path, ":", location.line, ":", location.column, ": ", sentence)};
}

Location advance(Location start, std::string_view passed) {
  for (const char c : passed) {
    if (c == '\n') {
      ++start.line;
      start.column = 1;
    } else if (!base::is_continuation(c)) {
      ++start.column;
    }
  }
  return start;
}

base::Result<Node> parse_document(std::string_view path, std::string_view text) {
  if (text.size() > k_max_document_bytes) {
    return base::Error{.kind = base::ErrorKind::config,
                       .what = base::concat(path, ": larger than ", base::byte_count(k_max_document_bytes))};
  }
  const std::string_view valid = text.substr(0, base::valid_utf8_length(text));
  if (valid.size() != text.size()) return error_at(path, advance({}, valid), "not valid UTF-8");
  return path.ends_with(".json") ? parse_json(path, text) : parse_toml(path, text);
}

}  // namespace vmcred::config
