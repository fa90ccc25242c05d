// SPDX-License-Identifier: Apache-2.0
#include "sops/tree.h"

#include <algorithm>
#include <utility>

namespace vmcred::sops {
namespace {

bool equal_leaves(const Leaf& a, const Leaf& b) {
  return class_of(a.type) == class_of(b.type) && a.plaintext.equals(b.plaintext.bytes());
}

bool equal_entries(const Entry& a, const Entry& b) {
  return a.key == b.key && equal_plaintext(a.value, b.value);
}

}  // namespace

base::Result<Leaf> make_leaf(Leaf::Type type, crypto::Bytes plaintext) {
  Leaf leaf{.type = type};
  VMCRED_TRY_ASSIGN(leaf.plaintext, secret::SecretBuffer::copy_of(plaintext));
  return leaf;
}

base::Result<Leaf> make_leaf(Leaf::Type type, std::string_view plaintext) {
  return make_leaf(type, bytes_of(plaintext));
}

Leaf make_encrypted_leaf(std::string ciphertext) {
  return {.type = Leaf::Type::string, .ciphertext = std::move(ciphertext), .is_encrypted = true};
}

Leaf::Type class_of(Leaf::Type type) { return type == Leaf::Type::floating ? Leaf::Type::integer : type; }

bool is_comment(const Node& node) {
  const auto* leaf = std::get_if<Leaf>(&node.value);
  return leaf != nullptr && leaf->type == Leaf::Type::comment;
}

const Entry* find_entry(const Map& map, std::string_view key) {
  const auto found = std::find_if(map.entries.begin(), map.entries.end(), [&](const Entry& entry) {
    return entry.key == key && !is_comment(entry.value);
  });
  return found == map.entries.end() ? nullptr : &*found;
}

Entry* find_entry(Map& map, std::string_view key) {
  return const_cast<Entry*>(find_entry(std::as_const(map), key));
}

bool equal_plaintext(const Map& a, const Map& b) {
  return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), equal_entries);
}

bool equal_plaintext(const Node& a, const Node& b) {
  if (a.value.index() != b.value.index()) return false;
  if (const auto* leaf = std::get_if<Leaf>(&a.value)) return equal_leaves(*leaf, std::get<Leaf>(b.value));
  if (const auto* map = std::get_if<Map>(&a.value)) return equal_plaintext(*map, std::get<Map>(b.value));
  const auto& items = std::get<Sequence>(a.value).items;
  const auto& others = std::get<Sequence>(b.value).items;
  return std::equal(items.begin(), items.end(), others.begin(), others.end(),
                    [](const Node& item, const Node& other) { return equal_plaintext(item, other); });
}

base::Result<Map> copy_of(const Map& map) {
  Map copy;
  for (const auto& entry : map.entries) {
    VMCRED_TRY_ASSIGN(Node value, copy_of(entry.value));
    copy.entries.push_back({.key = entry.key, .value = std::move(value), .key_style = entry.key_style});
  }
  return copy;
}

base::Result<Node> copy_of(const Node& node) {
  if (const auto* leaf = std::get_if<Leaf>(&node.value)) {
    VMCRED_TRY_ASSIGN(Leaf copy, make_leaf(leaf->type, leaf->plaintext.bytes()));
    copy.ciphertext = leaf->ciphertext;
    copy.is_encrypted = leaf->is_encrypted;
    return Node{std::move(copy)};
  }
  if (const auto* map = std::get_if<Map>(&node.value)) {
    VMCRED_TRY_ASSIGN(Map copy, copy_of(*map));
    return Node{std::move(copy)};
  }
  Sequence copy;
  for (const auto& item : std::get<Sequence>(node.value).items) {
    VMCRED_TRY_ASSIGN(Node item_copy, copy_of(item));
    copy.items.push_back(std::move(item_copy));
  }
  return Node{std::move(copy)};
}

crypto::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

std::string_view text_of(crypto::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace vmcred::sops
