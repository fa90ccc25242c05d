// SPDX-License-Identifier: Apache-2.0
#include "sops/config_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

constexpr std::string_view k_merge = "<<";

base::Error wrong_field(std::string_view name, std::string_view wanted) {
  return failed(Failure::generic, base::concat("the field ", base::quoted(name), " is not ", wanted));
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view k_blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(k_blank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(k_blank) - begin + 1));
}

// The text of a leaf, whatever its type: `shamir_threshold: "2"` and `age: 1` are texts to sops too.
const Leaf* leaf_in(const Node& node) { return std::get_if<Leaf>(&node.value); }
std::string text_in(const Leaf& leaf) { return std::string(text_of(leaf.plaintext.bytes())); }

bool is_null(const Node& node) {
  const Leaf* leaf = leaf_in(node);
  return leaf != nullptr && leaf->type == Leaf::Type::null;
}

const Node* merged_field(const Node& merged, std::string_view name) {
  if (const auto* map = std::get_if<Map>(&merged.value)) return config_field(*map, name);
  const auto* sequence = std::get_if<Sequence>(&merged.value);
  if (sequence == nullptr) return nullptr;
  for (const Node& item : sequence->items) {
    if (const Node* found = merged_field(item, name)) return found;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    if (std::string word = trimmed(part); !word.empty()) parts.push_back(std::move(word));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return parts;
}

const Node* config_field(const Map& map, std::string_view name) {
  if (const Entry* entry = find_entry(map, name)) return is_null(entry->value) ? nullptr : &entry->value;
  const Entry* merge = find_entry(map, k_merge);
  return merge == nullptr ? nullptr : merged_field(merge->value, name);
}

base::Result<std::string> config_text(const Map& map, std::string_view name) {
  const Node* node = config_field(map, name);
  if (node == nullptr) return std::string();
  const Leaf* leaf = leaf_in(*node);
  if (leaf == nullptr) return wrong_field(name, "a text");
  return text_in(*leaf);
}

base::Result<std::optional<unsigned>> config_number(const Map& map, std::string_view name) {
  VMCRED_TRY_ASSIGN(const std::string text, config_text(map, name));
  if (text.empty()) return std::optional<unsigned>();
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return wrong_field(name, "a number");
  return std::optional<unsigned>(number);
}

base::Result<bool> config_truth(const Map& map, std::string_view name) {
  constexpr std::array<std::string_view, 12> k_true{"True", "true", "TRUE", "yes", "Yes", "YES",
                                                    "on",   "On",   "ON",   "y",   "Y",   "1"};
  constexpr std::array<std::string_view, 13> k_false{"False", "false", "FALSE", "no", "No", "NO", "off",
                                                     "Off",   "OFF",   "n",     "N",  "0",  ""};
  VMCRED_TRY_ASSIGN(const std::string text, config_text(map, name));
  if (std::find(k_true.begin(), k_true.end(), text) != k_true.end()) return true;
  if (std::find(k_false.begin(), k_false.end(), text) != k_false.end()) return false;
  return wrong_field(name, "true or false");
}

base::Result<std::vector<std::string>> texts_in(const Node& node, std::string_view name) {
  if (const Leaf* leaf = leaf_in(node)) return split_at_commas(text_in(*leaf));
  const auto* sequence = std::get_if<Sequence>(&node.value);
  if (sequence == nullptr) return wrong_field(name, "a text or a list of texts");
  std::vector<std::string> texts;
  for (const Node& item : sequence->items) {
    if (is_comment(item) || is_null(item)) continue;
    const Leaf* leaf = leaf_in(item);
    if (leaf == nullptr || leaf->type != Leaf::Type::string) return wrong_field(name, "a list of texts");
    for (std::string& text : split_at_commas(text_in(*leaf))) texts.push_back(std::move(text));
  }
  return texts;
}

base::Result<std::vector<const Map*>> maps_in(const Node& node, std::string_view name) {
  const auto* sequence = std::get_if<Sequence>(&node.value);
  if (sequence == nullptr) return wrong_field(name, "a list");
  std::vector<const Map*> maps;
  for (const Node& item : sequence->items) {
    if (is_comment(item)) continue;
    const auto* map = std::get_if<Map>(&item.value);
    if (map == nullptr) return wrong_field(name, "a list of maps");
    maps.push_back(map);
  }
  return maps;
}

}  // namespace vmcred::sops
