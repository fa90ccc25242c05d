// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_builder.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "sops/failure.h"
#include "sops/yaml_scalar.h"

namespace vmcred::sops {
namespace {

using base::concat;
using Kind = YamlEvent::Kind;

// Against a small file of aliases to aliases that means billions of values.
constexpr std::size_t k_most_nodes_from_aliases = 100'000;

base::Error error_at(const YamlEvent& event, std::string_view what, std::string hint = {}) {
  return failed(Failure::unreadable, concat("line ", event.line, ": ", what), std::move(hint));
}

bool is_collection_start(const YamlEvent& event) {
  return event.kind == Kind::map_start || event.kind == Kind::sequence_start;
}

void put(Map& map, Leaf comment) { map.entries.push_back({.key = "", .value = {std::move(comment)}}); }
void put(Sequence& sequence, Leaf comment) { sequence.items.push_back({std::move(comment)}); }

}  // namespace

base::Result<std::vector<Map>> YamlBuilder::build() {
  std::vector<Map> trees;
  while (m_next < m_events.size()) {
    advance();  // the start of a document
    VMCRED_TRY_ASSIGN(trees.emplace_back(), document());
  }
  return trees;
}

const YamlEvent& YamlBuilder::advance() {
  const YamlEvent& event = m_events[m_next++];
  for (const YamlComment& comment : event.comments) m_pending.push_back(&comment);
  return event;
}

base::Result<Map> YamlBuilder::document() {
  const YamlEvent& root = advance();
  Map result;
  if (root.kind == Kind::map_start) {
    VMCRED_TRY_ASSIGN(result, map(root, 1));
  } else if (root.kind != Kind::scalar || !root.plain || !root.text.empty()) {
    return error_at(root, "the top level is not a map");
  }
  advance();  // the end of the document
  VMCRED_TRY(place_pending(result, m_pending.size()));
  return result;
}

base::Result<Node> YamlBuilder::node(const YamlEvent& event, std::size_t depth) {
  if (!m_open_targets.empty() && ++m_nodes_from_aliases > k_most_nodes_from_aliases) {
    return error_at(event, "too many values from aliases");
  }
  if (depth > k_max_depth) return error_at(event, concat("more than ", k_max_depth, " levels"));
  switch (event.kind) {
    case Kind::map_start: {
      VMCRED_TRY_ASSIGN(Map inner, map(event, depth));
      return Node{std::move(inner)};
    }
    case Kind::sequence_start: {
      VMCRED_TRY_ASSIGN(Sequence inner, sequence(event, depth));
      return Node{std::move(inner)};
    }
    case Kind::alias:
      return alias(event, depth);
    default:
      return scalar(event);
  }
}

base::Result<Node> YamlBuilder::scalar(const YamlEvent& event) {
  VMCRED_TRY_ASSIGN(Leaf leaf, leaf_of(event));
  if (leaf.type != Leaf::Type::string) return Node{std::move(leaf)};
  VMCRED_TRY_ASSIGN(leaf, leaf_as_read(leaf.type, text_of(leaf.plaintext.bytes()), m_reading));
  return Node{std::move(leaf)};
}

base::Result<Node> YamlBuilder::alias(const YamlEvent& event, std::size_t depth) {
  const std::size_t target = event.target.value_or(0);
  if (std::find(m_open_targets.begin(), m_open_targets.end(), target) != m_open_targets.end()) {
    return error_at(event, "an alias stands inside of what it stands for");
  }
  const std::size_t next = std::exchange(m_next, target + 1);
  std::vector<const YamlComment*> pending = std::exchange(m_pending, {});
  m_open_targets.push_back(target);
  VMCRED_TRY_ASSIGN(Node result, node(m_events[target], depth));
  m_open_targets.pop_back();
  m_pending = std::move(pending);
  m_next = next;
  return result;
}

base::Result<Map> YamlBuilder::map(const YamlEvent& start, std::size_t depth) {
  VMCRED_TRY(check_collection_tag(start));
  Map result;
  std::unordered_set<std::string> names;
  while (true) {
    const YamlEvent& event = advance();
    if (event.kind == Kind::map_end) {
      VMCRED_TRY(place_pending(result, count_trailing(start)));
      return result;
    }
    VMCRED_TRY(add_entry(result, event, depth));
    const std::string& name = result.entries.back().key;
    if (!names.insert(name).second) {
      return error_at(event, concat("the key ", base::quoted(name), " comes twice in its map"));
    }
  }
}

base::Result<void> YamlBuilder::add_entry(Map& map, const YamlEvent& key, std::size_t depth) {
  if (key.kind != Kind::scalar) return error_at(key, "a key is no string");
  VMCRED_TRY_ASSIGN(YamlKey name, key_of(key));
  const std::size_t count_before_key = m_pending.size();
  const YamlEvent& event = advance();
  VMCRED_TRY(place_pending(map, count_before_value(event, count_before_key)));
  if (key.line_comment) {
    VMCRED_TRY_ASSIGN(Leaf comment, comment_leaf(*key.line_comment));
    put(map, std::move(comment));
  }
  VMCRED_TRY_ASSIGN(Node value, value_in(map, event, depth));
  map.entries.push_back({.key = std::move(name.name), .value = std::move(value), .key_style = name.style});
  return {};
}

base::Result<Sequence> YamlBuilder::sequence(const YamlEvent& start, std::size_t depth) {
  VMCRED_TRY(check_collection_tag(start));
  Sequence result;
  while (true) {
    const YamlEvent& event = advance();
    if (event.kind == Kind::sequence_end) {
      VMCRED_TRY(place_pending(result, count_trailing(start)));
      return result;
    }
    VMCRED_TRY(add_item(result, event, depth));
  }
}

base::Result<void> YamlBuilder::add_item(Sequence& sequence, const YamlEvent& event, std::size_t depth) {
  VMCRED_TRY(place_pending(sequence, m_pending.size()));
  VMCRED_TRY_ASSIGN(Node item, value_in(sequence, event, depth));
  sequence.items.push_back(std::move(item));
  return {};
}

template <typename Collection>
base::Result<Node> YamlBuilder::value_in(Collection& collection, const YamlEvent& event, std::size_t depth) {
  VMCRED_TRY_ASSIGN(Node value, node(event, is_collection_start(event) ? depth + 1 : depth));
  // The event that ends the value: that of a collection has been passed last.
  const YamlEvent& end = is_collection_start(event) ? m_events[m_next - 1] : event;
  if (!end.line_comment) return value;
  VMCRED_TRY_ASSIGN(Leaf comment, comment_leaf(*end.line_comment));
  comment.at_line_end = std::holds_alternative<Leaf>(value.value);
  put(collection, std::move(comment));
  return value;
}

// How many of the pending comments belong to a collection that ends here.
std::size_t YamlBuilder::count_trailing(const YamlEvent& start) const {
  if (start.flow) return m_pending.size();
  if (start.indentless) return 0;
  const auto outside = std::find_if(m_pending.begin(), m_pending.end(), [&](const YamlComment* comment) {
    return comment->column < start.column;
  });
  return static_cast<std::size_t>(outside - m_pending.begin());
}

// How many of the pending comments stand before a value's entry. Those on lines of their own between a key
// and its map or sequence stand inside that one.
std::size_t YamlBuilder::count_before_value(const YamlEvent& value, std::size_t count_before_key) const {
  if (!is_collection_start(value) || value.flow) return m_pending.size();
  const auto inside = std::find_if(
      m_pending.begin() + static_cast<std::ptrdiff_t>(count_before_key), m_pending.end(),
      [](const YamlComment* comment) { return comment->position == YamlComment::Position::own_line; });
  return static_cast<std::size_t>(inside - m_pending.begin());
}

template <typename Collection>
base::Result<void> YamlBuilder::place_pending(Collection& collection, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    VMCRED_TRY_ASSIGN(Leaf comment, comment_leaf(*m_pending[i]));
    put(collection, std::move(comment));
  }
  m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(count));
  return {};
}

base::Result<Leaf> YamlBuilder::comment_leaf(const YamlComment& comment) const {
  return leaf_as_read(Leaf::Type::comment, text_of(comment.text.bytes()), m_reading);
}

}  // namespace vmcred::sops
