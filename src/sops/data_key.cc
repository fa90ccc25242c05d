// SPDX-License-Identifier: Apache-2.0
#include "sops/data_key.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "secret/random.h"
#include "sops/failure.h"
#include "sops/shamir.h"
#include "sops/value.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

// Tries entries, and remembers why they could not be opened.
class Opener {
 public:
  Opener(age::IdentityList identities, std::size_t key_bytes)
      : m_identities(identities), m_key_bytes(key_bytes) {}

  // The entry that names one of our recipients is the one that will open; others are tried after it.
  std::optional<SecretBuffer> open(const KeyGroup& group) {
    for (std::size_t i = 0; i < m_identities.size(); ++i) {
      const std::string recipient = m_identities[i]->recipient();
      for (const auto& entry : group.age)
        if (!recipient.empty() && entry.recipient == recipient)
          if (auto key = age::decrypt(bytes_of(entry.enc), m_identities.subspan(i, 1)); key && is_right(*key))
            return *std::move(key);
    }
    for (const auto& entry : group.age)
      if (auto key = open(entry)) return key;
    return std::nullopt;
  }

  // The error when no key was found, with each entry's own trouble.
  base::Error error(std::string what, const Metadata& metadata) && {
    base::Error error = failed(Failure::no_key, std::move(what), hint(metadata));
    error.others = std::move(m_problems);
    return error;
  }

 private:
  bool is_right(const SecretBuffer& key) const { return key.size() == m_key_bytes; }

  std::optional<SecretBuffer> open(const AgeEntry& entry) {
    auto key = age::decrypt(bytes_of(entry.enc), m_identities);
    if (key && is_right(*key)) return *std::move(key);
    const std::string subject = base::concat("key for ", base::quoted(entry.recipient));
    if (key)
      m_problems.push_back(failed(Failure::no_key, base::concat(subject, ": it has a wrong size")));
    else if (age::failure_of(key.error()) != age::Failure::no_match)
      m_problems.push_back(std::move(key).error().in(subject));
    return std::nullopt;
  }

  std::string hint(const Metadata& metadata) const {
    std::vector<std::string> keys;
    for (const auto& group : metadata.groups) {
      for (const auto& entry : group.age) keys.push_back(entry.recipient);
      for (const auto& entry : group.others.entries) keys.push_back(base::concat("keys of type ", entry.key));
    }
    return base::concat("tried ", m_identities.size(), " identities; the file is for ",
                        base::join(keys, ", "), "; give an identity in $SOPS_AGE_KEY_FILE");
  }

  age::IdentityList m_identities;
  std::size_t m_key_bytes;
  std::vector<base::Error> m_problems;
};

Result<SecretBuffer> recover_from_shares(const Metadata& metadata, age::IdentityList identities) {
  const std::size_t threshold =
      metadata.shamir_threshold.value_or(static_cast<unsigned>(metadata.groups.size()));
  Opener opener(identities, k_data_key_bytes + 1);
  std::vector<SecretBuffer> shares;
  for (const auto& group : metadata.groups)
    if (auto share = opener.open(group)) shares.push_back(*std::move(share));
  if (shares.size() < std::max<std::size_t>(threshold, 2))
    return std::move(opener).error(
        base::concat("the data key needs ", threshold, " of ", metadata.groups.size(),
                     " key groups, and the identities open ", shares.size()),
        metadata);
  return combine_shares(shares);
}

Result<KeyGroup> wrap_for_group(crypto::Bytes key, age::RecipientList recipients) {
  KeyGroup group;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!seen.insert(recipients[i]->text()).second) continue;
    VMCRED_TRY_ASSIGN(AgeEntry entry, wrap_key(key, recipients.subspan(i, 1)));
    group.age.push_back(std::move(entry));
  }
  if (group.age.empty())
    return failed(Failure::generic, "there is nobody to encrypt the data key to", "name an age recipient");
  return group;
}

}  // namespace

Result<SecretBuffer> new_data_key() {
  VMCRED_TRY_ASSIGN(auto key, SecretBuffer::zeroed(k_data_key_bytes));
  VMCRED_TRY(secret::fill_random(key.writable_bytes()));
  return key;
}

Result<SecretBuffer> recover_data_key(const Metadata& metadata, age::IdentityList identities) {
  if (metadata.groups.size() > 1) return recover_from_shares(metadata, identities);
  Opener opener(identities, k_data_key_bytes);
  for (const auto& group : metadata.groups)
    if (auto key = opener.open(group)) return *std::move(key);
  return std::move(opener).error("no identity opens the file's data key", metadata);
}

Result<AgeEntry> wrap_key(crypto::Bytes key, age::RecipientList recipient) {
  AgeEntry entry{.recipient = recipient.front()->text()};
  VMCRED_TRY_ASSIGN(const auto file, age::encrypt(key, recipient, age::Armor::yes));
  entry.enc = text_of(file);
  return entry;
}

Result<std::vector<KeyGroup>> wrap_data_key(crypto::Bytes data_key,
                                            std::span<const age::RecipientList> groups,
                                            std::optional<unsigned> shamir_threshold) {
  std::vector<KeyGroup> wrapped;
  if (groups.size() < 2) {
    VMCRED_TRY_ASSIGN(KeyGroup group,
                      wrap_for_group(data_key, groups.empty() ? age::RecipientList() : groups.front()));
    wrapped.push_back(std::move(group));
    return wrapped;
  }
  VMCRED_TRY_ASSIGN(
      const auto shares,
      split_secret(data_key, shamir_threshold.value_or(static_cast<unsigned>(groups.size())), groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    VMCRED_TRY_ASSIGN(KeyGroup group, wrap_for_group(shares[i].bytes(), groups[i]));
    wrapped.push_back(std::move(group));
  }
  return wrapped;
}

}  // namespace vmcred::sops
