// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "base/utf8.h"
#include "sops/failure.h"
#include "sops/json.h"

namespace vmcred::sops {
namespace {

using base::Result;

constexpr std::string_view k_hex_digits = "0123456789abcdef";

// The letter behind the backslash, or 0.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    default:
      return 0;
  }
}

bool is_escaped(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&';
}

void write_escape(char c, TextSink& sink) {
  if (const char letter = short_escape(c)) {
    sink.append("\\");
    sink.append({&letter, 1});
    return;
  }
  const auto value = static_cast<unsigned char>(c);
  sink.append("\\u00");
  sink.append(k_hex_digits.substr(value >> 4U, 1));
  sink.append(k_hex_digits.substr(value & 15U, 1));
}

// U+2028 and U+2029, at the start of `text`, in UTF-8: line ends to JavaScript, which Go therefore escapes.
bool is_line_separator(std::string_view text) {
  return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9");
}

Result<void> write_string(std::string_view text, TextSink& sink) {
  if (base::valid_utf8_length(text) != text.size())
    return failed(Failure::emitting, "JSON can't hold a string that is not UTF-8", "write the binary format");
  sink.append("\"");
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && !is_escaped(text[plain]) && !is_line_separator(text.substr(plain))) ++plain;
    sink.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (is_escaped(text.front())) {
      write_escape(text.front(), sink);
      text.remove_prefix(1);
    } else {
      sink.append(text[2] == '\xa8' ? "\\u2028" : "\\u2029");
      text.remove_prefix(3);
    }
  }
  sink.append("\"");
  return {};
}

Result<void> write_number(std::string_view text, TextSink& sink) {
  if (text.find_first_not_of("-.0123456789") != std::string_view::npos)
    return failed(Failure::emitting, "JSON can't hold a number that is infinite or none");
  // "-0" would be read as a whole number, which has no sign there.
  sink.append(text == "-0" ? "-0.0" : text);
  return {};
}

Result<void> write_leaf(const Leaf& leaf, TextSink& sink) {
  if (leaf.is_encrypted) return write_string(leaf.ciphertext, sink);
  const std::string_view text = text_of(leaf.plaintext.bytes());
  switch (leaf.type) {
    case Leaf::Type::integer:
    case Leaf::Type::floating:
      return write_number(text, sink);
    case Leaf::Type::boolean:
      sink.append(text == "True" ? "true" : "false");
      return {};
    case Leaf::Type::null:
      sink.append("null");
      return {};
    default:
      return write_string(text, sink);
  }
}

class Writer {
 public:
  Writer(unsigned indent, TextSink& sink)
      : m_unit(indent == 0 ? std::string(1, '\t') : std::string(indent, ' ')), m_sink(sink) {}

  Result<void> map(const Map& map) {
    bool empty = true;
    m_sink.append("{");
    for (const auto& entry : map.entries) {
      if (is_comment(entry.value)) continue;
      begin_item(std::exchange(empty, false));
      VMCRED_TRY(write_string(entry.key, m_sink));
      m_sink.append(": ");
      VMCRED_TRY(nested(entry.value));
    }
    end_items(empty, "}");
    return {};
  }

  Result<void> node(const Node& node) {
    if (const auto* leaf = std::get_if<Leaf>(&node.value)) return write_leaf(*leaf, m_sink);
    if (const auto* map_node = std::get_if<Map>(&node.value)) return map(*map_node);
    return sequence(std::get<Sequence>(node.value));
  }

 private:
  Result<void> sequence(const Sequence& sequence) {
    bool empty = true;
    m_sink.append("[");
    for (const auto& item : sequence.items) {
      if (is_comment(item)) continue;
      begin_item(std::exchange(empty, false));
      VMCRED_TRY(nested(item));
    }
    end_items(empty, "]");
    return {};
  }

  Result<void> nested(const Node& value) {
    ++m_level;
    auto result = node(value);
    --m_level;
    return result;
  }

  void begin_item(bool first) {
    if (!first) m_sink.append(",");
    new_line(m_level + 1);
  }

  void end_items(bool empty, std::string_view closing) {
    if (!empty) new_line(m_level);
    m_sink.append(closing);
  }

  void new_line(std::size_t level) {
    m_sink.append("\n");
    for (std::size_t i = 0; i < level; ++i) m_sink.append(m_unit);
  }

  std::string m_unit;
  TextSink& m_sink;
  std::size_t m_level = 0;
};

}  // namespace

Result<void> write_json(const Map& map, unsigned indent, TextSink& sink) {
  return Writer(indent, sink).map(map);
}

Result<void> write_json_value(const Node& value, unsigned indent, TextSink& sink) {
  return Writer(indent, sink).node(value);
}

}  // namespace vmcred::sops
