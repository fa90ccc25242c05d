// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_writer.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "base/utf8.h"
#include "sops/failure.h"
#include "sops/yaml_style.h"

namespace vmcred::sops {
namespace {

// Longer keys need a '?' before them. YAML allows 1,024 characters, which escapes count for.
constexpr std::size_t k_longest_simple_key = 128;
constexpr std::size_t k_dash_width = 2;

const Node& node_at(const Map& map, std::size_t index) { return map.entries[index].value; }
const Node& node_at(const Sequence& sequence, std::size_t index) { return sequence.items[index]; }

std::size_t count_of(const Map& map) { return map.entries.size(); }
std::size_t count_of(const Sequence& sequence) { return sequence.items.size(); }

std::string_view file_text(const Leaf& leaf) {
  return leaf.is_encrypted ? std::string_view(leaf.ciphertext) : text_of(leaf.plaintext.bytes());
}

// In a sequence, an encrypted comment stands as an item: so does sops write it.
bool is_written_as_comment(const Map& /*map*/, const Node& node) { return is_comment(node); }
bool is_written_as_comment(const Sequence& /*sequence*/, const Node& node) {
  return is_comment(node) && !std::get<Leaf>(node.value).is_encrypted;
}

// The comment before a part, where it is written behind it.
template <typename Collection>
const Leaf* line_comment_of(const Collection& collection, std::size_t index) {
  if (index == 0 || index >= count_of(collection)) return nullptr;
  const Node& part = node_at(collection, index);
  const Node& before = node_at(collection, index - 1);
  if (!std::holds_alternative<Leaf>(part.value) || is_comment(part)) return nullptr;
  if (!is_written_as_comment(collection, before)) return nullptr;
  const auto& comment = std::get<Leaf>(before.value);
  return comment.at_line_end && file_text(comment).find('\n') == std::string_view::npos ? &comment : nullptr;
}

// Has the collection nothing that YAML could show as an entry or item?
template <typename Collection>
bool is_bare(const Collection& collection) {
  for (std::size_t i = 0; i < count_of(collection); ++i) {
    if (!is_written_as_comment(collection, node_at(collection, i))) return false;
  }
  return true;
}

bool is_bare(const Node& node) {
  if (const auto* map = std::get_if<Map>(&node.value)) return is_bare(*map);
  const auto* sequence = std::get_if<Sequence>(&node.value);
  return sequence != nullptr && is_bare(*sequence);
}

// Calls `use` with each comment that stands before the first entry or item.
template <typename Collection, typename Use>
void for_leading_comments(const Collection& collection, Use use) {
  for (std::size_t i = 0; i < count_of(collection); ++i) {
    const Node& part = node_at(collection, i);
    if (!is_written_as_comment(collection, part) || line_comment_of(collection, i + 1) != nullptr) return;
    use(std::get<Leaf>(part.value));
  }
}

}  // namespace

base::Result<void> YamlWriter::document(const Map& map) {
  if (!is_bare(map)) return entries(map, 0, Start::own_line);
  for_leading_comments(map, [&](const Leaf& leaf) { comment(leaf, 0); });
  m_sink.append("{}\n");
  return {};
}

base::Result<void> YamlWriter::value(const Node& node) {
  if (const auto* map = std::get_if<Map>(&node.value)) return document(*map);
  if (const auto* only = std::get_if<Leaf>(&node.value)) {
    leaf(*only, {.owner = 0, .text = m_indent}, nullptr);
    return {};
  }
  const auto& sequence = std::get<Sequence>(node.value);
  if (!is_bare(sequence)) return items(sequence, 0, Start::own_line);
  bare_collection(node, 0);
  return {};
}

base::Result<void> YamlWriter::entries(const Map& map, std::size_t column, Start start) {
  bool behind_dash =
      start == Start::behind_dash;  // until the first key; comments before it have been hoisted
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    const Entry& entry = map.entries[i];
    if (is_comment(entry.value)) {
      if (!behind_dash && line_comment_of(map, i + 1) == nullptr)
        comment(std::get<Leaf>(entry.value.value), column);
      continue;
    }
    if (!behind_dash) indentation(column);
    behind_dash = false;
    VMCRED_TRY(key(entry, column));
    VMCRED_TRY(entry_value(entry.value, column, line_comment_of(map, i)));
  }
  return {};
}

base::Result<void> YamlWriter::key(const Entry& entry, std::size_t column) {
  if (base::valid_utf8_length(entry.key) != entry.key.size()) {
    return failed(Failure::emitting, base::concat("the key ", base::quoted(entry.key), " is not UTF-8"));
  }
  const bool is_merge = entry.key == "<<" && entry.key_style == KeyStyle::plain;
  const bool is_long = entry.key.size() > k_longest_simple_key;
  if (is_long) m_sink.append("? ");
  if (is_merge) m_sink.append("!!merge ");
  write_in_style(is_merge ? YamlStyle::plain : style_of_key(entry.key), entry.key, m_sink);
  if (is_long) {
    m_sink.append("\n");
    indentation(column);
  }
  m_sink.append(":");
  return {};
}

base::Result<void> YamlWriter::entry_value(const Node& value, std::size_t column, const Leaf* line_comment) {
  const bool is_leaf = std::holds_alternative<Leaf>(value.value);
  if (is_leaf || is_bare(value)) {
    m_sink.append(" ");
    if (is_leaf) {
      leaf(std::get<Leaf>(value.value), {.owner = column, .text = deeper(column)}, line_comment);
    } else {
      bare_collection(value, deeper(column));
    }
    return {};
  }
  m_sink.append("\n");
  if (const auto* map = std::get_if<Map>(&value.value)) return entries(*map, deeper(column), Start::own_line);
  return items(std::get<Sequence>(value.value), deeper(column), Start::own_line);
}

base::Result<void> YamlWriter::items(const Sequence& sequence, std::size_t column, Start start) {
  bool behind_dash = start == Start::behind_dash;
  for (std::size_t i = 0; i < sequence.items.size(); ++i) {
    const Node& node = sequence.items[i];
    if (is_written_as_comment(sequence, node)) {
      if (!behind_dash && line_comment_of(sequence, i + 1) == nullptr)
        comment(std::get<Leaf>(node.value), column);
      continue;
    }
    if (!behind_dash) {
      hoisted_comments(node, column);
      indentation(column);
    }
    behind_dash = false;
    m_sink.append("- ");
    VMCRED_TRY(item(node, column, line_comment_of(sequence, i)));
  }
  return {};
}

base::Result<void> YamlWriter::item(const Node& node, std::size_t column, const Leaf* line_comment) {
  const std::size_t inside = column + k_dash_width;
  if (const auto* only = std::get_if<Leaf>(&node.value)) {
    leaf(*only, {.owner = column, .text = inside}, line_comment);
    return {};
  }
  if (is_bare(node)) {
    bare_collection(node, inside);
    return {};
  }
  if (const auto* map = std::get_if<Map>(&node.value)) return entries(*map, inside, Start::behind_dash);
  return items(std::get<Sequence>(node.value), inside, Start::behind_dash);
}

// "{}", "[]", or the same around comments.
void YamlWriter::bare_collection(const Node& node, std::size_t column) {
  const auto* map = std::get_if<Map>(&node.value);
  m_sink.append(map != nullptr ? "{" : "[");
  bool has_comments = false;
  const auto write = [&](const Leaf& leaf) {
    if (!has_comments) m_sink.append("\n");
    has_comments = true;
    comment(leaf, column);
  };
  if (map != nullptr) {
    for_leading_comments(*map, write);
  } else {
    for_leading_comments(std::get<Sequence>(node.value), write);
  }
  if (has_comments) indentation(column);
  m_sink.append(map != nullptr ? "}\n" : "]\n");
}

// The first comments inside an item would stand behind its dash, where readers lose them: they go before it.
void YamlWriter::hoisted_comments(const Node& node, std::size_t column) {
  if (is_bare(node)) return;
  const auto write = [&](const Leaf& leaf) { comment(leaf, column); };
  if (const auto* map = std::get_if<Map>(&node.value)) return for_leading_comments(*map, write);
  const auto* sequence = std::get_if<Sequence>(&node.value);
  if (sequence == nullptr) return;
  for_leading_comments(*sequence, write);
  const auto first = std::find_if(sequence->items.begin(), sequence->items.end(),
                                  [&](const Node& item) { return !is_written_as_comment(*sequence, item); });
  hoisted_comments(*first, column);
}

void YamlWriter::comment(const Leaf& leaf, std::size_t column) {
  std::string_view text = file_text(leaf);
  while (true) {
    const std::size_t end = text.find('\n');
    indentation(column);
    m_sink.append("#");
    m_sink.append(text.substr(0, end));
    m_sink.append("\n");
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void YamlWriter::leaf(const Leaf& leaf, Columns columns, const Leaf* line_comment) {
  const std::string_view text = file_text(leaf);
  const bool is_text =
      leaf.is_encrypted || leaf.type == Leaf::Type::string || leaf.type == Leaf::Type::comment;
  if (is_text) return string(text, columns, line_comment);
  if (leaf.type == Leaf::Type::null) {
    m_sink.append("null");
  } else if (leaf.type == Leaf::Type::boolean) {
    m_sink.append(text == "True" ? "true" : "false");
  } else if (leaf.type == Leaf::Type::floating && (text.ends_with("Inf") || text == "NaN")) {
    m_sink.append(text == "NaN" ? ".nan" : text.starts_with('-') ? "-.inf" : ".inf");
  } else {
    m_sink.append(text);
    // Else it would be read as an integer.
    if (leaf.type == Leaf::Type::floating && text.find('.') == std::string_view::npos) m_sink.append(".0");
  }
  line_end(line_comment);
}

void YamlWriter::string(std::string_view text, Columns columns, const Leaf* line_comment) {
  const YamlStyle style = style_of_value(text);
  if (style == YamlStyle::literal) {
    LiteralLayout layout{.indent = columns.text, .hint = columns.text - columns.owner, .comment = {}};
    if (line_comment != nullptr) layout.comment = file_text(*line_comment);
    write_literal(text, layout, m_sink);
    return;
  }
  write_in_style(style, text, m_sink);
  line_end(line_comment);
}

void YamlWriter::line_end(const Leaf* line_comment) {
  if (line_comment != nullptr) {
    m_sink.append(" #");
    m_sink.append(file_text(*line_comment));
  }
  m_sink.append("\n");
}

void YamlWriter::indentation(std::size_t column) {
  constexpr std::string_view k_spaces = "                                ";
  for (; column > k_spaces.size(); column -= k_spaces.size()) m_sink.append(k_spaces);
  m_sink.append(k_spaces.substr(0, column));
}

}  // namespace vmcred::sops
