// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "sops/data_key.h"
#include "sops/failure.h"
#include "sops/file.h"
#include "sops/group_names.h"

namespace vmcred::sops {
namespace {

using base::Result;

std::set<std::string> set_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

bool is_same(const Metadata& metadata, const KeyGroups& keys) {
  const std::size_t count = metadata.groups.size();
  if (count != keys.groups.size()) return false;
  if (count > 1 &&
      threshold_of(metadata.shamir_threshold, count) != threshold_of(keys.shamir_threshold, count))
    return false;
  for (std::size_t i = 0; i < count; ++i)
    if (set_of(names_of(metadata.groups[i])) != set_of(names_of(keys.groups[i]))) return false;
  return true;
}

// Removes entries of recipients that are not wanted, and appends new ones behind those that stay.
Result<void> update_group(Metadata& metadata, age::RecipientList recipients, age::IdentityList identities) {
  const std::set<std::string> wanted = set_of(names_of(recipients));
  if (wanted.empty() && metadata.groups.front().others.entries.empty())
    return failed(Failure::generic, "nobody could open the file any more", "name an age recipient");
  std::set<std::string> present = set_of(names_of(metadata.groups.front()));
  secret::SecretBuffer data_key;
  std::vector<AgeEntry> added;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!present.insert(recipients[i]->text()).second) continue;
    if (data_key.empty()) { VMCRED_TRY_ASSIGN(data_key, recover_data_key(metadata, identities)); }
    VMCRED_TRY_ASSIGN(AgeEntry entry, wrap_key(data_key.bytes(), recipients.subspan(i, 1)));
    added.push_back(std::move(entry));
  }
  auto& entries = metadata.groups.front().age;
  const bool recipient_first = !entries.empty() && entries.front().recipient_first;
  std::erase_if(entries, [&](const AgeEntry& entry) { return !wanted.contains(entry.recipient); });
  for (auto& entry : added) {
    entry.recipient_first = recipient_first;
    entries.push_back(std::move(entry));
  }
  return {};
}

// Shares belong together: all are new.
Result<void> split_again(Metadata& metadata, const KeyGroups& keys, age::IdentityList identities) {
  for (const auto& group : metadata.groups)
    if (!group.others.entries.empty())
      return failed(
          Failure::generic,
          base::concat("the file has keys of type ", group.others.entries.front().key,
                       ", to which vmcred can't encrypt: with several key groups, all need new shares"),
          "update the keys with the sops program");
  VMCRED_TRY_ASSIGN(const auto data_key, recover_data_key(metadata, identities));
  VMCRED_TRY_ASSIGN(metadata.groups, wrap_data_key(data_key.bytes(), keys.groups, keys.shamir_threshold));
  metadata.shamir_threshold.reset();
  if (metadata.groups.size() > 1)
    metadata.shamir_threshold = threshold_of(keys.shamir_threshold, metadata.groups.size());
  return {};
}

}  // namespace

Result<bool> update_keys(Document& encrypted, const KeyGroups& keys, age::IdentityList identities) {
  Metadata& metadata = encrypted.metadata;
  if (is_same(metadata, keys)) return false;
  if (metadata.groups.size() == 1 && keys.groups.size() == 1) {
    VMCRED_TRY(update_group(metadata, keys.groups.front(), identities));
  } else {
    VMCRED_TRY(split_again(metadata, keys, identities));
  }
  return true;
}

Result<std::vector<age::Recipients>> recipients_of(const Metadata& metadata) {
  std::vector<age::Recipients> groups;
  for (const auto& group : metadata.groups) {
    age::Recipients recipients;
    for (const auto& entry : group.age) {
      VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(entry.recipient));
      recipients.push_back(std::move(recipient));
    }
    groups.push_back(std::move(recipients));
  }
  return groups;
}

}  // namespace vmcred::sops
