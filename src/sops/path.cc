// SPDX-License-Identifier: Apache-2.0
#include "sops/path.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/text.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

using base::Result;
using Steps = std::span<const PathStep>;

base::Error no_path(std::string_view text) {
  return failed(Failure::bad_extract_path, base::concat(base::quoted(text), " is no path into a document"),
                R"(write it as '["key"]["other key"][0]')");
}

// Takes one step off the front of `rest`; false where there is none.
bool take_key(std::string_view& rest, Path& path) {
  const std::size_t end = rest.find(std::string{rest.front(), ']'}, 1);
  if (end == std::string_view::npos) return false;
  path.emplace_back(std::string(rest.substr(1, end - 1)));
  rest.remove_prefix(end + 2);
  return true;
}

bool take_index(std::string_view& rest, Path& path) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
  if (error != std::errc() || end == rest.data() + rest.size() || *end != ']') return false;
  path.emplace_back(index);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  return true;
}

// The item at `index`, comments not counted, or the end.
template <typename Items>
auto item_at(Items& items, std::size_t index) {
  return std::find_if(items.begin(), items.end(),
                      [&](const Node& item) { return !is_comment(item) && index-- == 0; });
}

base::Error not_there(const Path& path, std::size_t steps) {
  return failed(Failure::bad_extract_path,
                base::concat("there is no ",
                             path_text({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(steps)}),
                             " in the document"),
                "see what there is: vmcred sops decrypt FILE");
}

const Node* step_into(const Node& node, const PathStep& step) {
  if (const auto* key = std::get_if<std::string>(&step)) {
    const auto* map = std::get_if<Map>(&node.value);
    const Entry* entry = map != nullptr ? find_entry(*map, *key) : nullptr;
    return entry != nullptr ? &entry->value : nullptr;
  }
  const auto* sequence = std::get_if<Sequence>(&node.value);
  if (sequence == nullptr) return nullptr;
  const auto item = item_at(sequence->items, std::get<std::size_t>(step));
  return item != sequence->items.end() ? &*item : nullptr;
}

base::Error wrong_way(std::string_view sentence) {
  return failed(Failure::bad_set_value, std::string(sentence));
}

// Maps and sequences inside each other.
std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  if (const auto* map = std::get_if<Map>(&node.value)) {
    for (const auto& entry : map->entries) deepest = std::max(deepest, depth_of(entry.value));
  } else if (const auto* sequence = std::get_if<Sequence>(&node.value)) {
    for (const auto& item : sequence->items) deepest = std::max(deepest, depth_of(item));
  } else {
    return 0;
  }
  return deepest + 1;
}

// The value inside as many new maps and lists as there are steps.
Result<Node> wrapped(Steps steps, Node value) {
  for (std::size_t i = steps.size(); i > 0; --i) {
    const PathStep& step = steps[i - 1];
    if (const auto* key = std::get_if<std::string>(&step)) {
      Map map;
      map.entries.push_back({.key = *key, .value = std::move(value)});
      value = {std::move(map)};
      continue;
    }
    if (std::get<std::size_t>(step) != 0) return wrong_way("a new list begins with item [0]");
    Sequence sequence;
    sequence.items.push_back(std::move(value));
    value = {std::move(sequence)};
  }
  return value;
}

Result<bool> set_in(Node& node, Steps steps, Node value);

Result<bool> set_in_map(Map& map, Steps steps, Node value) {
  const auto* key = std::get_if<std::string>(&steps.front());
  if (key == nullptr) return wrong_way("the path has an item's number where the document has a map");
  if (Entry* entry = find_entry(map, *key)) return set_in(entry->value, steps.subspan(1), std::move(value));
  VMCRED_TRY_ASSIGN(Node made, wrapped(steps.subspan(1), std::move(value)));
  map.entries.push_back({.key = *key, .value = std::move(made)});
  return true;
}

Result<bool> set_in_sequence(Sequence& sequence, Steps steps, Node value) {
  const auto* index = std::get_if<std::size_t>(&steps.front());
  if (index == nullptr) return wrong_way("the path has a key where the document has a list");
  const auto item = item_at(sequence.items, *index);
  if (item != sequence.items.end()) return set_in(*item, steps.subspan(1), std::move(value));
  if (*index > 0 && item_at(sequence.items, *index - 1) == sequence.items.end())
    return wrong_way(base::concat("the list is too short for an item [", *index, "]"));
  VMCRED_TRY_ASSIGN(Node made, wrapped(steps.subspan(1), std::move(value)));
  sequence.items.push_back(std::move(made));
  return true;
}

Result<bool> set_in(Node& node, Steps steps, Node value) {
  if (steps.empty()) {
    if (equal_plaintext(node, value)) return false;
    node = std::move(value);
    return true;
  }
  if (auto* map = std::get_if<Map>(&node.value)) return set_in_map(*map, steps, std::move(value));
  if (auto* sequence = std::get_if<Sequence>(&node.value))
    return set_in_sequence(*sequence, steps, std::move(value));
  return wrong_way("the path leads through a value that has no parts");
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
  Path path;
  std::string_view rest = text;
  while (rest.size() > 1 && rest.front() == '[') {
    rest.remove_prefix(1);
    const bool is_key = rest.front() == '"' || rest.front() == '\'';
    if (is_key ? !take_key(rest, path) : !take_index(rest, path)) return no_path(text);
    if (path.size() > k_max_depth)
      return failed(Failure::bad_extract_path, base::concat("the path has more than ", k_max_depth, " steps"),
                    "no document is as deep");
  }
  if (path.empty() || !rest.empty()) return no_path(text);
  return path;
}

std::string path_text(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      const std::string_view quote = key->find("\"]") == std::string::npos ? "\"" : "'";
      text += base::concat("[", quote, *key, quote, "]");
    } else {
      text += base::concat("[", std::get<std::size_t>(step), "]");
    }
  }
  return text;
}

Result<const Node*> node_at(const Map& tree, const Path& path) {
  const Node* node = nullptr;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (node == nullptr) {
      const auto* key = std::get_if<std::string>(&path[i]);
      const Entry* entry = key != nullptr ? find_entry(tree, *key) : nullptr;
      node = entry != nullptr ? &entry->value : nullptr;
    } else {
      node = step_into(*node, path[i]);
    }
    if (node == nullptr) return not_there(path, i + 1);
  }
  return node;
}

Result<void> remove_at(Map& tree, const Path& path) {
  const auto found = node_at(tree, path);
  if (!found) return failed(Failure::generic, found.error().what, found.error().hint);
  const Path way(path.begin(), path.end() - 1);
  const auto parent = way.empty() ? Result<const Node*>(nullptr) : node_at(tree, way);
  auto* const node = const_cast<Node*>(*parent);
  if (auto* const sequence = node == nullptr ? nullptr : std::get_if<Sequence>(&node->value)) {
    std::erase_if(sequence->items, [&](const Node& item) { return &item == *found; });
    return {};
  }
  Map& map = node == nullptr ? tree : std::get<Map>(node->value);
  std::erase_if(map.entries, [&](const Entry& entry) { return &entry.value == *found; });
  return {};
}

Result<bool> set_at(Map& tree, const Path& path, Node value) {
  if (path.size() + depth_of(value) > k_max_depth)
    return wrong_way(base::concat("the value would be more than ", k_max_depth, " levels deep"));
  return set_in_map(tree, path, std::move(value));
}

}  // namespace vmcred::sops
