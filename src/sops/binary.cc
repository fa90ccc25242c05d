// SPDX-License-Identifier: Apache-2.0
#include "sops/binary.h"

#include <utility>

#include "base/text.h"
#include "sops/file.h"
#include "sops/tree.h"

namespace vmcred::sops {
namespace {

using base::Result;

Result<Document> parse(std::string_view file) { return parse_encrypted(bytes_of(file), Format::binary); }

enum class LastNewline { no, yes };

Result<std::string> emit(Document document, LastNewline last_newline) {
  VMCRED_TRY_ASSIGN(std::string text, emit_encrypted(std::move(document)));
  if (last_newline == LastNewline::no) text.pop_back();
  return text;
}

// A changed file ends as the file did.
LastNewline last_newline_of(std::string_view file) {
  return file.ends_with('\n') ? LastNewline::yes : LastNewline::no;
}

KeyGroups one_group(const age::RecipientList& recipients) { return {.groups = {&recipients, 1}}; }

// What names a key of a type that we can't use: the first of these fields that it has.
KeyReference other_key(const std::string& type, const Map& key) {
  if (type == "pgp") {
    const Entry* fingerprint = find_entry(key, "fp");
    const auto* leaf = fingerprint != nullptr ? std::get_if<Leaf>(&fingerprint->value.value) : nullptr;
    if (leaf != nullptr) return {KeyReference::Type::pgp, std::string(text_of(leaf->plaintext.bytes()))};
  }
  std::string text = type;
  for (const std::string_view name :
       {"arn", "resource_id", "key_id", "vault_url", "name", "vault_address", "key_name"}) {
    const Entry* field = find_entry(key, name);
    const auto* leaf = field != nullptr ? std::get_if<Leaf>(&field->value.value) : nullptr;
    if (leaf != nullptr) text += base::concat(" ", text_of(leaf->plaintext.bytes()));
  }
  return {KeyReference::Type::other, std::move(text)};
}

void append_keys(std::vector<KeyReference>& keys, const KeyGroup& group) {
  for (const auto& entry : group.age) keys.push_back({KeyReference::Type::age, entry.recipient});
  for (const auto& [type, value, style] : group.others.entries) {
    const auto* list = std::get_if<Sequence>(&value.value);
    if (list == nullptr) continue;
    for (const auto& item : list->items)
      if (const auto* key = std::get_if<Map>(&item.value)) keys.push_back(other_key(type, *key));
  }
}

}  // namespace

Result<std::string> encrypt_binary(crypto::Bytes plaintext, age::RecipientList recipients) {
  VMCRED_TRY_ASSIGN(Document plain, parse_plain(plaintext, Format::binary));
  VMCRED_TRY_ASSIGN(Document encrypted, encrypt(std::move(plain), one_group(recipients)));
  return emit(std::move(encrypted), LastNewline::no);
}

Result<secret::SecretBuffer> decrypt_binary(std::string_view file, age::IdentityList identities) {
  VMCRED_TRY_ASSIGN(Document encrypted, parse(file));
  VMCRED_TRY_ASSIGN(OpenDocument opened, open(std::move(encrypted), identities, MacCheck::required));
  auto& leaf = std::get<Leaf>(opened.document.trees.front().entries.front().value.value);
  return std::move(leaf.plaintext);
}

Result<std::vector<KeyReference>> keys_of(std::string_view file) {
  VMCRED_TRY_ASSIGN(const Document document, parse(file));
  std::vector<KeyReference> keys;
  for (const auto& group : document.metadata.groups) append_keys(keys, group);
  return keys;
}

Result<std::string> with_recipients(std::string_view file, age::RecipientList recipients,
                                    age::IdentityList identities) {
  VMCRED_TRY_ASSIGN(Document document, parse(file));
  VMCRED_TRY_ASSIGN(const bool changed, update_keys(document, one_group(recipients), identities));
  if (!changed) return std::string(file);
  return emit(std::move(document), last_newline_of(file));
}

Result<std::string> with_new_data_key(std::string_view file, age::RecipientList recipients,
                                      age::IdentityList identities) {
  VMCRED_TRY_ASSIGN(Document document, parse(file));
  VMCRED_TRY_ASSIGN(Document rotated, rotate(std::move(document), one_group(recipients), identities));
  return emit(std::move(rotated), last_newline_of(file));
}

}  // namespace vmcred::sops
