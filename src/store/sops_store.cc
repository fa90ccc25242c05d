// SPDX-License-Identifier: Apache-2.0
// Reading.
#include "store/sops_store.h"

#include <algorithm>

#include "base/text.h"
#include "sops/binary.h"
#include "store/keyring_hint.h"
#include "store/open_values.h"
#include "store/parallel.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"
#include "store/wrap.h"

namespace vmcred::store {

using base::concat;

SopsStore::SopsStore(StoreSettings settings, Places places, View disk, const Keyring& keyring)
    : m_settings(std::move(settings)),
      m_places(std::move(places)),
      m_disk(std::move(disk)),
      m_keyring(keyring) {}

std::string SopsStore::path(const VarId& var, std::string_view name) const {
  return path_in(var_folder(m_places, var), name);
}

base::Result<Members> SopsStore::members(const View& view) const {
  std::vector<std::string> warnings;
  VMCRED_TRY_ASSIGN(Members members, read_members(view, warnings));
  m_warnings.add(std::move(warnings));
  return members;
}

bool SopsStore::has(const VarId& var, Visibility visibility) const {
  return m_disk.has_file(path(var, visibility == Visibility::secret ? k_secret : k_value));
}

std::string SopsStore::file_of(const VarId& var, Visibility visibility) const {
  return concat(m_disk.root(), "/", path(var, visibility == Visibility::secret ? k_secret : k_value));
}

base::Result<secret::SecretBuffer> SopsStore::read(const VarId& var, Visibility visibility) const {
  if (visibility == Visibility::open) return read_open_value(m_disk, m_places, var);
  const std::string file = path(var, k_secret);
  VMCRED_TRY_ASSIGN(const auto text, m_disk.read_file(file));
  if (!text) return not_generated(var);
  auto value = sops::decrypt_binary(*text, m_keyring.identities());
  if (value) return value;
  return unreadable(std::move(value).error(), concat(m_disk.root(), "/", file), m_keyring);
}

bool SopsStore::has_previous(const VarId& var) const {
  return m_disk.has_file(path(var, k_previous_secret)) || m_disk.has_file(path(var, k_previous_value));
}

base::Result<std::optional<std::string>> SopsStore::validation_hash(const GeneratorId& generator) const {
  return m_disk.read_file(hash_path(m_places, generator));
}

base::Result<std::vector<StoredVar>> SopsStore::list() const {
  VMCRED_TRY_ASSIGN(const auto ids, ids_below(m_disk, m_places.vars));
  std::vector<StoredVar> found;
  for (const auto& id : ids)
    for (const Visibility visibility : {Visibility::secret, Visibility::open})
      if (has(id, visibility)) found.push_back({.id = id, .visibility = visibility});
  std::ranges::sort(found);
  return found;
}

Links SopsStore::desired_links(const Members& members, const Links& present, const Audience& audience) const {
  Links links = present;
  links.machines.clear();
  if (audience.deploy) links.machines.insert(audience.machines.begin(), audience.machines.end());
  for (const auto& group : m_settings.default_groups)
    if (members.groups.contains(group)) links.groups.insert(group);
  return links;
}

namespace {

using Names = std::set<std::string>;

// What is in one set and not in the other, each behind a word: "machine web".
void add_difference(std::string_view word, const Names& in, const Names& not_in, Names& found) {
  for (const auto& name : in)
    if (!not_in.contains(name)) found.insert(concat(word, name));
}

// Both what the links say and what the file does: links are what other programs go by the next time they
// write.
Names difference(const Links& in, const Links& not_in, const Keys& keys_in, const Keys& keys_not_in,
                 const Members& members) {
  Names found;
  add_difference("machine ", in.machines, not_in.machines, found);
  add_difference("group ", in.groups, not_in.groups, found);
  for (const auto& key : keys_in)
    if (!keys_not_in.contains(key)) found.insert(members.owner_of(key));
  return found;
}

std::vector<std::string> names_of(const Keys& keys, const Members& members) {
  Names found;
  for (const auto& key : keys) found.insert(members.owner_of(key));
  return {found.begin(), found.end()};
}

}  // namespace

base::Result<Access> SopsStore::access_with(const Members& members, const Target& target) const {
  const std::string folder = var_folder(m_places, target.id);
  VMCRED_TRY_ASSIGN(const auto text, m_disk.read_file(path_in(folder, k_secret)));
  if (!text) return not_generated(target.id);
  auto actual = actual_keys(*text);
  if (!actual)
    return unreadable(std::move(actual).error(), concat(m_disk.root(), "/", folder, "/secret"), m_keyring);
  std::vector<std::string> warnings;
  VMCRED_TRY_ASSIGN(const Links present, read_links(m_disk, folder, members, warnings));
  m_warnings.add(std::move(warnings));
  const Links desired = desired_links(members, present, target.audience);
  const Keys wanted = members.keys_of(desired);
  const Names missing = difference(desired, present, wanted, *actual, members);
  const Names stale = difference(present, desired, *actual, wanted, members);
  return Access{.actual = names_of(*actual, members),
                .missing = {missing.begin(), missing.end()},
                .stale = {stale.begin(), stale.end()}};
}

base::Result<Access> SopsStore::access(const VarId& var, const Audience& audience) const {
  VMCRED_TRY_ASSIGN(const Members known, members(m_disk));
  return access_with(known, {.id = var, .audience = audience});
}

base::Result<std::vector<Access>> SopsStore::access_of(std::span<const Target> targets) const {
  VMCRED_TRY_ASSIGN(const Members known, members(m_disk));
  std::vector<Access> found(targets.size());
  VMCRED_TRY(in_parallel(targets.size(), [&](std::size_t i) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(found[i], access_with(known, targets[i]));
    return {};
  }));
  return found;
}

}  // namespace vmcred::store
