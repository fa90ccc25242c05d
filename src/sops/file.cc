// SPDX-License-Identifier: Apache-2.0
#include "sops/file.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/utc_time.h"
#include "sops/ciphertexts.h"
#include "sops/data_key.h"
#include "sops/failure.h"
#include "sops/flat_metadata.h"
#include "sops/mac.h"
#include "sops/walk.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

// "a:b:" as people write it, before an error about that value.
std::string value_at(const Place& place) {
  return base::concat(
      "value at ",
      base::quoted(std::string_view(place.associated_data).substr(0, place.associated_data.size() - 1)));
}

Result<void> decrypt_encrypted_leaf(Leaf& leaf, const Place& place, ValueCipher& cipher) {
  auto decrypted = cipher.decrypt(leaf.ciphertext, place.associated_data);
  if (!decrypted) return base::in(value_at(place), std::move(decrypted));
  // sops writes the comments of a sequence, encrypted, as items of it.
  const bool may_be_comment = leaf.type == Leaf::Type::comment || place.in_sequence;
  if (decrypted->type == Leaf::Type::comment ? !may_be_comment : leaf.type == Leaf::Type::comment)
    return failed(Failure::decrypting_tree,
                  base::concat(value_at(place), ": a comment and a value have changed places"));
  decrypted->at_line_end = leaf.at_line_end;
  leaf = *std::move(decrypted);
  return {};
}

Result<void> decrypt_leaf(Leaf& leaf, const Place& place, ValueCipher& cipher) {
  if (place.encrypted && leaf.is_encrypted) return decrypt_encrypted_leaf(leaf, place, cipher);
  if (leaf.is_encrypted) {
    VMCRED_TRY_ASSIGN(leaf, make_leaf(leaf.type, leaf.ciphertext));
    return {};
  }
  const bool may_be_plain = !place.encrypted || leaf.type == Leaf::Type::null ||
                            leaf.type == Leaf::Type::comment ||
                            (leaf.type == Leaf::Type::string && leaf.plaintext.empty());
  if (may_be_plain) return {};
  return failed(Failure::decrypting_tree,
                base::concat(value_at(place), " is in plaintext and should be encrypted"),
                "somebody wrote it into the encrypted file; remove it, and set it with 'vmcred sops set'");
}

// A comment that a reader of the file would take for one that switches encryption off.
bool misleads(const Leaf& leaf, const RuleMatcher& rule) {
  return leaf.type == Leaf::Type::comment && rule.reads_comments() && !rule.encrypts_matches() &&
         rule.matches(leaf.ciphertext);
}

Result<void> encrypt_leaf(Leaf& leaf, const Place& place, const RuleMatcher& rule, ValueCipher& cipher) {
  if (leaf.ciphertext.empty()) {
    VMCRED_TRY_ASSIGN(leaf.ciphertext,
                      cipher.encrypt(leaf.type, leaf.plaintext.bytes(), place.associated_data));
  }
  if (misleads(leaf, rule))
    return failed(Failure::encrypting_tree,
                  "an encrypted comment matches the rule's expression for comments before unencrypted values",
                  "choose an expression that ENC[…] texts do not match");
  leaf.plaintext = {};
  leaf.is_encrypted = true;
  return {};
}

Result<void> encrypt_leaves(Document& document, const RuleMatcher& rule, ValueCipher& cipher, bool changed) {
  return walk_leaves(document.trees, rule, [&](Leaf& leaf, const Place& place) -> Result<void> {
    const bool has_bytes = leaf.type != Leaf::Type::null && !leaf.plaintext.empty();
    // A comment that was plain where it need not be stays so in a document that nobody changed.
    if (!place.encrypted || !has_bytes || (leaf.ciphertext.empty() && !changed)) return {};
    return encrypt_leaf(leaf, place, rule, cipher);
  });
}

Result<void> renew_seal(Document& document, const RuleMatcher& rule, ValueCipher& cipher) {
  document.metadata.last_modified = base::utc_now();
  document.metadata.version = k_sops_version;
  VMCRED_TRY_ASSIGN(document.metadata.mac, encrypt_mac(document, rule, cipher));
  return {};
}

// The rule of a new file. Binary files have one value, which is encrypted.
Rule effective_rule(const EncryptOptions& options, Format format) {
  if (format == Format::binary) return {};
  if (options.rule.kind != Rule::Kind::none) return options.rule;
  return {.kind = Rule::Kind::unencrypted_suffix, .pattern = std::string(k_default_unencrypted_suffix)};
}

Result<void> set_keys(Metadata& metadata, const KeyGroups& keys, crypto::Bytes data_key) {
  VMCRED_TRY_ASSIGN(metadata.groups, wrap_data_key(data_key, keys.groups, keys.shamir_threshold));
  metadata.shamir_threshold.reset();
  if (keys.groups.size() > 1)
    metadata.shamir_threshold = keys.shamir_threshold.value_or(static_cast<unsigned>(keys.groups.size()));
  return {};
}

bool is_reserved(const Path& path, Format format) {
  const auto* key = path.empty() ? nullptr : std::get_if<std::string>(&path.front());
  if (key == nullptr) return false;
  return format == Format::dotenv ? key->starts_with(k_flat_prefix) : *key == k_metadata_key;
}

bool equal_trees(const std::vector<Map>& a, const std::vector<Map>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Map& map, const Map& other) { return equal_plaintext(map, other); });
}

}  // namespace

Result<Document> encrypt(Document plain, const KeyGroups& keys, const EncryptOptions& options) {
  plain.metadata = {};
  plain.metadata.rule = effective_rule(options, plain.format);
  plain.metadata.mac_only_encrypted = options.mac_only_encrypted && plain.format != Format::binary;
  VMCRED_TRY_ASSIGN(auto data_key, new_data_key());
  VMCRED_TRY(set_keys(plain.metadata, keys, data_key.bytes()));
  return close({.document = std::move(plain), .data_key = std::move(data_key), .changed = true});
}

Result<OpenDocument> open(Document encrypted, age::IdentityList identities, MacCheck check) {
  VMCRED_TRY(check_version(encrypted.metadata.version));
  // Nobody is asked for a key of a file that can't be read with it.
  VMCRED_TRY(RuleMatcher::compile(encrypted.metadata.rule));
  VMCRED_TRY_ASSIGN(auto data_key, recover_data_key(encrypted.metadata, identities));
  return open_with_data_key(std::move(encrypted), std::move(data_key), check);
}

Result<OpenDocument> open_with_data_key(Document encrypted, SecretBuffer data_key, MacCheck check) {
  VMCRED_TRY_ASSIGN(const RuleMatcher rule, RuleMatcher::compile(encrypted.metadata.rule));
  VMCRED_TRY_ASSIGN(ValueCipher cipher, ValueCipher::with_data_key(data_key.bytes()));
  VMCRED_TRY(walk_leaves(encrypted.trees, rule,
                         [&](Leaf& leaf, const Place& place) { return decrypt_leaf(leaf, place, cipher); }));
  if (check == MacCheck::required) VMCRED_TRY(check_mac(encrypted, rule, cipher));
  return OpenDocument{.document = std::move(encrypted), .data_key = std::move(data_key)};
}

Result<void> replace_values(OpenDocument& open_document, std::vector<Map> trees) {
  Document& document = open_document.document;
  if (equal_trees(document.trees, trees)) return {};
  VMCRED_TRY_ASSIGN(const RuleMatcher rule, RuleMatcher::compile(document.metadata.rule));
  VMCRED_TRY_ASSIGN(Ciphertexts ciphertexts, Ciphertexts::of(document.trees, rule));
  VMCRED_TRY(ciphertexts.give_to(trees, rule));
  document.trees = std::move(trees);
  open_document.changed = true;
  return {};
}

Result<void> set_value(OpenDocument& open_document, const Path& path, Node value) {
  if (is_reserved(path, open_document.document.format))
    return failed(Failure::already_encrypted, base::concat(path_text(path), " is kept for SOPS metadata"));
  VMCRED_TRY_ASSIGN(const bool changed, set_at(open_document.document.trees.front(), path, std::move(value)));
  open_document.changed |= changed;
  return {};
}

Result<void> remove_value(OpenDocument& open_document, const Path& path) {
  VMCRED_TRY(remove_at(open_document.document.trees.front(), path));
  open_document.changed = true;
  return {};
}

Result<Document> close(OpenDocument open_document) {
  Document document = std::move(open_document.document);
  VMCRED_TRY_ASSIGN(const RuleMatcher rule, RuleMatcher::compile(document.metadata.rule));
  VMCRED_TRY_ASSIGN(ValueCipher cipher, ValueCipher::with_data_key(open_document.data_key.bytes()));
  if (open_document.changed) VMCRED_TRY(renew_seal(document, rule, cipher));
  VMCRED_TRY(encrypt_leaves(document, rule, cipher, open_document.changed));
  return document;
}

Result<Document> rotate(Document encrypted, const KeyGroups& keys, age::IdentityList identities,
                        MacCheck check) {
  for (const auto& group : encrypted.metadata.groups)
    if (!group.others.entries.empty())
      return failed(Failure::generic,
                    base::concat("the file has keys of type ", group.others.entries.front().key,
                                 ", to which vmcred can't encrypt: they would lose access"),
                    "remove them from the file's metadata first, or rotate it with the sops program");
  VMCRED_TRY_ASSIGN(OpenDocument opened, open(std::move(encrypted), identities, check));
  VMCRED_TRY_ASSIGN(const RuleMatcher rule, RuleMatcher::compile(opened.document.metadata.rule));
  VMCRED_TRY(walk_leaves(opened.document.trees, rule, [](Leaf& leaf, const Place& /*place*/) -> Result<void> {
    leaf.ciphertext.clear();
    return {};
  }));
  VMCRED_TRY_ASSIGN(opened.data_key, new_data_key());
  VMCRED_TRY(set_keys(opened.document.metadata, keys, opened.data_key.bytes()));
  opened.changed = true;
  return close(std::move(opened));
}

}  // namespace vmcred::sops
