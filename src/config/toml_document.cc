// SPDX-License-Identifier: Apache-2.0
// The only file that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

#include <algorithm>

#include "base/text.h"
#include "config/document.h"
#include "config/toml_depth.h"

namespace vmcred::config {
namespace {

static_assert(TOML_MAX_NESTED_VALUES == k_max_depth);

Location location_of(const toml::source_position& position) { return {position.line, position.column}; }

Node convert(toml::node& node);

Node::Table convert_table(toml::table& table) {
  struct Entry {
    Location location;
    const toml::key* key;
    toml::node* value;
  };
  std::vector<Entry> entries;
  entries.reserve(table.size());
  for (auto&& [key, value] : table) entries.push_back({location_of(key.source().begin), &key, &value});
  // toml++ sorts by name.
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.location < b.location; });

  Node::Table members;
  members.reserve(entries.size());
  for (const Entry& entry : entries)
    members.push_back({std::string(entry.key->str()), entry.location, convert(*entry.value)});
  return members;
}

Node convert(toml::node& node) {
  const Location location = location_of(node.source().begin);
  if (auto* table = node.as_table()) return {convert_table(*table), location};
  if (auto* array = node.as_array()) {
    Node::Array elements;
    elements.reserve(array->size());
    for (toml::node& element : *array) elements.push_back(convert(element));
    return {std::move(elements), location};
  }
  if (auto* string = node.as_string()) return {std::move(string->get()), location};
  if (const auto* integer = node.as_integer()) return {integer->get(), location};
  if (const auto* boolean = node.as_boolean()) return {boolean->get(), location};
  if (const auto* number = node.as_floating_point()) return {number->get(), location};
  return {Node::Foreign{"a date or time"}, location};
}

// toml++'s description without what it quotes from the file: that may be a secret somebody pasted. What it
// expects stays, since those texts are toml++'s own.
std::string describe(std::string_view description) {
  constexpr std::string_view k_prefix = "Error while parsing ";
  if (description.starts_with(k_prefix)) description.remove_prefix(k_prefix.size());
  description = description.substr(0, description.find(", saw "));
  description = description.substr(0, description.find(" (TOML_"));
  const std::size_t first = description.find('\'');
  if (first == std::string_view::npos ||
      description.substr(0, first).find("expected ") != std::string_view::npos)
    return base::concat("syntax error in ", description);

  std::string_view before = description.substr(0, first);
  if (before.ends_with(' ') || before.ends_with('\\')) before.remove_suffix(1);
  const std::size_t last = description.rfind('\'');
  const std::string_view after = last == first ? "" : description.substr(last + 1);
  return base::concat("syntax error in ", before, after);
}

}  // namespace

base::Result<Node> parse_toml(std::string_view path, std::string_view text) {
  if (const auto offset = find_too_deep_key(text, k_max_depth))
    return error_at(path, advance({}, text.substr(0, *offset)), "this key has too many parts");
  toml::parse_result result = toml::parse(text);
  if (!result)
    return error_at(path, location_of(result.error().source().begin), describe(result.error().description()));
  return Node{convert_table(result.table()), {}};
}

}  // namespace vmcred::config
