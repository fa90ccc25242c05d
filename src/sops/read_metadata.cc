// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/text.h"
#include "sops/failure.h"
#include "sops/metadata.h"
#include "sops/time.h"

namespace vmcred::sops {
namespace {

using base::Result;

base::Error wrong(std::string_view name, std::string_view sentence) {
  return failed(Failure::generic, base::concat("SOPS metadata: ", name, " ", sentence));
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool is_empty(const Node& node) {
  if (const auto* leaf = std::get_if<Leaf>(&node.value))
    return leaf->type == Leaf::Type::null || (!leaf->is_encrypted && leaf->plaintext.empty());
  if (const auto* map = std::get_if<Map>(&node.value)) return map->entries.empty();
  return std::get<Sequence>(node.value).items.empty();
}

Result<std::string> text_field(const Node& node, std::string_view name) {
  const auto* leaf = std::get_if<Leaf>(&node.value);
  if (leaf == nullptr) return wrong(name, "is no text");
  return leaf->is_encrypted ? leaf->ciphertext : std::string(text_of(leaf->plaintext.bytes()));
}

Result<bool> truth_field(const Node& node, std::string_view name) {
  VMCRED_TRY_ASSIGN(const std::string text, text_field(node, name));
  const std::string lower = lower_case(text);
  if (lower == "true" || lower == "1" || lower == "t") return true;
  if (lower == "false" || lower == "0" || lower == "f" || lower.empty()) return false;
  return wrong(name, "is neither true nor false");
}

Result<unsigned> number_field(const Node& node, std::string_view name) {
  VMCRED_TRY_ASSIGN(const std::string text, text_field(node, name));
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return wrong(name, "is no whole number");
  return number;
}

Result<AgeEntry> age_entry(const Node& node) {
  const auto* map = std::get_if<Map>(&node.value);
  if (map == nullptr) return wrong("age", "has an entry that is no map");
  AgeEntry entry;
  bool enc_seen = false;
  for (const auto& field : map->entries) {
    if (is_comment(field.value)) continue;
    const std::string name = lower_case(field.key);
    if (name == "recipient") {
      VMCRED_TRY_ASSIGN(entry.recipient, text_field(field.value, "recipient"));
      entry.recipient_first = !enc_seen;
    } else if (name == "enc") {
      VMCRED_TRY_ASSIGN(entry.enc, text_field(field.value, "enc"));
      enc_seen = true;
    }
  }
  return entry;
}

Result<std::vector<AgeEntry>> age_entries(const Node& node) {
  std::vector<AgeEntry> entries;
  if (is_empty(node)) return entries;
  const auto* sequence = std::get_if<Sequence>(&node.value);
  if (sequence == nullptr) return wrong("age", "is no list");
  for (const auto& item : sequence->items) {
    if (is_comment(item)) continue;
    VMCRED_TRY_ASSIGN(AgeEntry entry, age_entry(item));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// A list of keys of a type that we can't use, by its looks: types that come later are kept as well.
bool is_key_list(const Node& node) {
  const auto* sequence = std::get_if<Sequence>(&node.value);
  return sequence != nullptr &&
         std::any_of(sequence->items.begin(), sequence->items.end(), [](const Node& item) {
           const auto* map = std::get_if<Map>(&item.value);
           return map != nullptr && find_entry(*map, "enc") != nullptr;
         });
}

Result<KeyGroup> key_group(Node node) {
  auto* map = std::get_if<Map>(&node.value);
  if (map == nullptr) return wrong("key_groups", "has an entry that is no map");
  KeyGroup group;
  for (auto& entry : map->entries) {
    if (is_comment(entry.value)) continue;
    if (lower_case(entry.key) == "age") {
      VMCRED_TRY_ASSIGN(group.age, age_entries(entry.value));
    } else if (is_key_list(entry.value)) {
      group.others.entries.push_back(std::move(entry));
    }
  }
  if (group.age.empty() && group.others.entries.empty())
    return wrong("key_groups", "has a group without keys");
  return group;
}

// Takes the fields one by one. Keys that stand flat make one group, and then "key_groups" does not count.
class MetadataReader {
 public:
  Result<void> take(Entry entry) {
    if (is_comment(entry.value)) return {};
    const std::string name = lower_case(entry.key);
    if (!m_seen.insert(name).second) return wrong(base::quoted(entry.key), "is given twice");
    m_metadata.field_order.push_back(entry.key);
    VMCRED_TRY_ASSIGN(const bool known, take_known(name, entry.value));
    if (known) return {};
    Map& kept = is_key_list(entry.value) ? m_flat.others : m_metadata.unknown;
    kept.entries.push_back(std::move(entry));
    return {};
  }

  Result<Metadata> finish() {
    if (!m_flat.age.empty() || !m_flat.others.entries.empty()) {
      m_metadata.groups.clear();
      m_metadata.groups.push_back(std::move(m_flat));
    }
    if (m_metadata.groups.empty()) return wrong("no keys", "are named");
    if (!is_time(m_metadata.last_modified)) return wrong("lastmodified", "is no RFC 3339 time");
    return std::move(m_metadata);
  }

 private:
  // Fields that may get another value later, and so are not kept where they are empty.
  static bool is_rewritten(std::string_view name) {
    return name == "mac" || name == "version" || name == "lastmodified" || name == "key_groups" ||
           name == "shamir_threshold";
  }

  // False for a field that is to be kept as it is.
  Result<bool> take_known(const std::string& name, Node& value) {
    if (name == "age") {
      VMCRED_TRY_ASSIGN(m_flat.age, age_entries(value));
      return true;
    }
    if (is_empty(value)) return is_rewritten(name);
    if (name == "lastmodified") return take_text(m_metadata.last_modified, value, name);
    if (name == "mac") return take_text(m_metadata.mac, value, name);
    if (name == "version") return take_text(m_metadata.version, value, name);
    if (name == "mac_only_encrypted") {
      VMCRED_TRY_ASSIGN(m_metadata.mac_only_encrypted, truth_field(value, name));
      return m_metadata.mac_only_encrypted;
    }
    if (name == "shamir_threshold") {
      VMCRED_TRY_ASSIGN(const unsigned threshold, number_field(value, name));
      if (threshold > 0) m_metadata.shamir_threshold = threshold;
      return true;
    }
    if (name == "key_groups") return take_groups(value);
    return take_rule(name, value);
  }

  static Result<bool> take_text(std::string& text, const Node& value, std::string_view name) {
    VMCRED_TRY_ASSIGN(text, text_field(value, name));
    return true;
  }

  Result<bool> take_groups(Node& value) {
    auto* sequence = std::get_if<Sequence>(&value.value);
    if (sequence == nullptr) return wrong("key_groups", "is no list");
    for (auto& item : sequence->items) {
      if (is_comment(item)) continue;
      VMCRED_TRY_ASSIGN(KeyGroup group, key_group(std::move(item)));
      m_metadata.groups.push_back(std::move(group));
    }
    return true;
  }

  Result<bool> take_rule(const std::string& name, const Node& value) {
    const auto kinds = rule_kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](Rule::Kind known) { return field_name(known) == name; });
    if (kind == kinds.end()) return false;
    if (m_metadata.rule.kind != Rule::Kind::none)
      return wrong(name,
                   base::concat("and ", field_name(m_metadata.rule.kind), " are given: one rule at most"));
    m_metadata.rule.kind = *kind;
    return take_text(m_metadata.rule.pattern, value, name);
  }

  Metadata m_metadata;
  KeyGroup m_flat;
  std::set<std::string> m_seen;
};

}  // namespace

Result<Metadata> read_metadata(Map fields) {
  MetadataReader reader;
  for (auto& entry : fields.entries) VMCRED_TRY(reader.take(std::move(entry)));
  return reader.finish();
}

Result<void> check_version(std::string_view version) {
  // The oldest files, which have a fourth part or none.
  if (version.starts_with("1.")) return {};
  std::string_view rest = version;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  rest = rest.substr(0, rest.find_first_of("-+"));
  for (int part = 0; part < 3; ++part) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const bool last = part == 2;
    if (digits == 0 || (last ? digits != rest.size() : digits == rest.size() || rest[digits] != '.'))
      return wrong(base::concat("version ", base::quoted(version)), "is none");
    rest.remove_prefix(last ? digits : digits + 1);
  }
  return {};
}

}  // namespace vmcred::sops
