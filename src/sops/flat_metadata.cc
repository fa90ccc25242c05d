// SPDX-License-Identifier: Apache-2.0
#include "sops/flat_metadata.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

using base::Result;

constexpr std::string_view k_map = "__map_";
constexpr std::string_view k_list = "__list_";

using Step = std::variant<std::string, std::size_t>;

base::Error wrong(std::string_view sentence) {
  return failed(Failure::generic, base::concat("SOPS metadata: ", sentence));
}

struct Field;

// Parts of the tree in whatever order they come.
struct Part {
  std::optional<Leaf> leaf;
  std::vector<Field> fields;  // in the order of the file
  std::map<std::size_t, Part> items;
};

struct Field {
  std::string name;
  Part part;
};

Part& field_of(Part& part, const std::string& name) {
  for (auto& field : part.fields)
    if (field.name == name) return field.part;
  return part.fields.emplace_back(Field{.name = name, .part = {}}).part;
}

Result<Step> parse_step(std::string_view separator, std::string_view text) {
  if (separator == k_map) return Step(std::string(text));
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size())
    return wrong(base::concat(base::quoted(text), " is no place in a list"));
  return Step(index);
}

Result<std::vector<Step>> parse_steps(std::string_view name) {
  std::vector<Step> steps;
  std::string_view separator = k_map;
  while (true) {
    const std::size_t end = std::min(name.find(k_map), name.find(k_list));
    VMCRED_TRY_ASSIGN(Step step, parse_step(separator, name.substr(0, end)));
    steps.push_back(std::move(step));
    if (end == std::string_view::npos) return steps;
    if (steps.size() == k_max_depth) return wrong("fields are nested too deeply");
    separator = name.substr(end).starts_with(k_map) ? k_map : k_list;
    name.remove_prefix(end + separator.size());
  }
}

Result<void> place(Part& root, Entry entry) {
  VMCRED_TRY_ASSIGN(const auto steps, parse_steps(std::string_view(entry.key).substr(k_flat_prefix.size())));
  Part* part = &root;
  for (const auto& step : steps) {
    const auto* key = std::get_if<std::string>(&step);
    part = key != nullptr ? &field_of(*part, *key) : &part->items[std::get<std::size_t>(step)];
  }
  if (part->leaf) return wrong(base::concat(base::quoted(entry.key), " is given twice"));
  part->leaf = std::move(std::get<Leaf>(entry.value.value));
  return {};
}

Result<Node> to_node(Part part) {
  const int kinds = (part.leaf ? 1 : 0) + (part.fields.empty() ? 0 : 1) + (part.items.empty() ? 0 : 1);
  if (kinds != 1) return wrong("a field is a value and has parts at once");
  if (part.leaf) return Node{*std::move(part.leaf)};
  if (!part.fields.empty()) {
    Map map;
    for (auto& [name, field_part] : part.fields) {
      VMCRED_TRY_ASSIGN(Node node, to_node(std::move(field_part)));
      map.entries.push_back({.key = name, .value = std::move(node)});
    }
    return Node{std::move(map)};
  }
  if (part.items.rbegin()->first + 1 != part.items.size()) return wrong("a list lacks an item");
  Sequence sequence;
  for (auto& [index, item] : part.items) {
    VMCRED_TRY_ASSIGN(Node node, to_node(std::move(item)));
    sequence.items.push_back(std::move(node));
  }
  return Node{std::move(sequence)};
}

void append(Map& map, const std::string& name, Node node) {
  if (auto* fields = std::get_if<Map>(&node.value)) {
    for (auto& entry : fields->entries)
      append(map, base::concat(name, k_map, entry.key), std::move(entry.value));
  } else if (auto* sequence = std::get_if<Sequence>(&node.value)) {
    std::size_t index = 0;
    for (auto& item : sequence->items) append(map, base::concat(name, k_list, index++), std::move(item));
  } else {
    map.entries.push_back({.key = name, .value = std::move(node)});
  }
}

}  // namespace

Result<Map> take_flat_metadata(Map& map) {
  Part root;
  std::vector<Entry> others;
  for (auto& entry : map.entries) {
    if (!is_comment(entry.value) && entry.key.starts_with(k_flat_prefix)) {
      VMCRED_TRY(place(root, std::move(entry)));
    } else {
      others.push_back(std::move(entry));
    }
  }
  map.entries = std::move(others);
  if (root.fields.empty()) return Map{};
  VMCRED_TRY_ASSIGN(Node node, to_node(std::move(root)));
  auto* fields = std::get_if<Map>(&node.value);
  return fields != nullptr ? std::move(*fields) : Map{};
}

void append_flat_metadata(Map& map, Map metadata) {
  for (auto& entry : metadata.entries)
    append(map, base::concat(k_flat_prefix, entry.key), std::move(entry.value));
}

}  // namespace vmcred::sops
