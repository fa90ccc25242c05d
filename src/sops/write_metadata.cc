// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include "sops/canonical.h"
#include "sops/metadata.h"

namespace vmcred::sops {
namespace {

using base::Result;

void append(Map& map, std::string_view key, Leaf leaf) {
  map.entries.push_back({.key = std::string(key), .value = {std::move(leaf)}});
}

Result<void> append_text(Map& map, std::string_view key, std::string_view text) {
  VMCRED_TRY_ASSIGN(Leaf leaf, make_leaf(Leaf::Type::string, text));
  append(map, key, std::move(leaf));
  return {};
}

void sort_by_key(Map& map) {
  std::sort(map.entries.begin(), map.entries.end(),
            [](const Entry& a, const Entry& b) { return a.key < b.key; });
}

Result<Node> age_list(const std::vector<AgeEntry>& entries) {
  Sequence list;
  for (const auto& entry : entries) {
    Map map;
    if (entry.recipient_first) VMCRED_TRY(append_text(map, "recipient", entry.recipient));
    VMCRED_TRY(append_text(map, "enc", entry.enc));
    if (!entry.recipient_first) VMCRED_TRY(append_text(map, "recipient", entry.recipient));
    list.items.push_back({std::move(map)});
  }
  return Node{std::move(list)};
}

Result<void> append_copies(Map& map, const Map& entries) {
  VMCRED_TRY_ASSIGN(Map copy, copy_of(entries));
  std::move(copy.entries.begin(), copy.entries.end(), std::back_inserter(map.entries));
  return {};
}

Result<void> append_keys(Map& map, const KeyGroup& group) {
  if (!group.age.empty()) {
    VMCRED_TRY_ASSIGN(Node list, age_list(group.age));
    map.entries.push_back({.key = "age", .value = std::move(list)});
  }
  return append_copies(map, group.others);
}

Result<void> append_groups(Map& map, const std::vector<KeyGroup>& groups) {
  if (groups.size() == 1) return append_keys(map, groups.front());
  Sequence list;
  for (const auto& group : groups) {
    Map keys;
    VMCRED_TRY(append_keys(keys, group));
    sort_by_key(keys);
    list.items.push_back({std::move(keys)});
  }
  map.entries.push_back({.key = "key_groups", .value = {std::move(list)}});
  return {};
}

Result<void> append_settings(Map& map, const Metadata& metadata) {
  if (metadata.rule.kind != Rule::Kind::none)
    VMCRED_TRY(append_text(map, field_name(metadata.rule.kind), metadata.rule.pattern));
  if (metadata.mac_only_encrypted) {
    VMCRED_TRY_ASSIGN(Leaf leaf, boolean_leaf(true));
    append(map, "mac_only_encrypted", std::move(leaf));
  }
  if (metadata.shamir_threshold) {
    VMCRED_TRY_ASSIGN(Leaf leaf, integer_leaf(*metadata.shamir_threshold));
    append(map, "shamir_threshold", std::move(leaf));
  }
  return {};
}

// Entries that were read come in that order; a new one before the first whose name is greater.
void restore_order(Map& map, const std::vector<std::string>& order) {
  const auto rank = [&](const Entry& entry) {
    return std::find(order.begin(), order.end(), entry.key) - order.begin();
  };
  Map kept;
  Map added;
  for (auto& entry : map.entries) {
    Map& place = rank(entry) == std::ssize(order) ? added : kept;
    place.entries.push_back(std::move(entry));
  }
  std::sort(kept.entries.begin(), kept.entries.end(),
            [&](const Entry& a, const Entry& b) { return rank(a) < rank(b); });
  for (auto& entry : added.entries) {
    const auto place = std::find_if(kept.entries.begin(), kept.entries.end(),
                                    [&](const Entry& other) { return other.key > entry.key; });
    kept.entries.insert(place, std::move(entry));
  }
  map = std::move(kept);
}

}  // namespace

Result<Map> write_metadata(const Metadata& metadata) {
  Map map;
  VMCRED_TRY(append_settings(map, metadata));
  VMCRED_TRY(append_text(map, "lastmodified", metadata.last_modified));
  if (!metadata.mac.empty()) append(map, "mac", make_encrypted_leaf(metadata.mac));
  VMCRED_TRY(append_text(map, "version", metadata.version));
  VMCRED_TRY(append_groups(map, metadata.groups));
  VMCRED_TRY(append_copies(map, metadata.unknown));
  sort_by_key(map);
  restore_order(map, metadata.field_order);
  return map;
}

}  // namespace vmcred::sops
