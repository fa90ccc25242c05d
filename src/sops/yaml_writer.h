// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "sops/text_sink.h"
#include "sops/tree.h"

namespace vmcred::sops {

// Writes trees as YAML in block style. Failures are those of emit_yaml().
class YamlWriter {
 public:
  // `sink` must outlive the writer.
  YamlWriter(std::size_t indent, TextSink& sink) : m_indent(indent), m_sink(sink) {}

  base::Result<void> document(const Map& map);
  base::Result<void> value(const Node& node);

 private:
  // Does a collection begin on a line of its own, or behind the "- " of the item that it is?
  enum class Start : std::uint8_t { own_line, behind_dash };

  // How far in a text of several lines stands, and how far what it belongs to.
  struct Columns {
    std::size_t owner;
    std::size_t text;
  };

  base::Result<void> entries(const Map& map, std::size_t column, Start start);
  base::Result<void> key(const Entry& entry, std::size_t column);
  base::Result<void> entry_value(const Node& value, std::size_t column, const Leaf* line_comment);
  base::Result<void> items(const Sequence& sequence, std::size_t column, Start start);
  base::Result<void> item(const Node& node, std::size_t column, const Leaf* line_comment);
  void bare_collection(const Node& node, std::size_t column);
  void hoisted_comments(const Node& node, std::size_t column);
  void comment(const Leaf& leaf, std::size_t column);
  void leaf(const Leaf& leaf, Columns columns, const Leaf* line_comment);
  void string(std::string_view text, Columns columns, const Leaf* line_comment);
  void line_end(const Leaf* line_comment);
  void indentation(std::size_t column);
  std::size_t deeper(std::size_t column) const { return (column / m_indent + 1) * m_indent; }

  std::size_t m_indent;
  TextSink& m_sink;
};

}  // namespace vmcred::sops
