// SPDX-License-Identifier: Apache-2.0
// Reading.
#include "store/age_store.h"

#include <algorithm>

#include "base/text.h"
#include "store/age_files.h"
#include "store/keyring_hint.h"
#include "store/open_values.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;
using Names = std::vector<std::string>;

Names without(const Names& names, const Names& others) {
  Names left;
  std::ranges::set_difference(names, others, std::back_inserter(left));
  return left;
}

void sort_unique(Names& names) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
}

bool have_common(const Names& names, const Names& others) {
  return std::ranges::any_of(
      names, [&](const auto& name) { return std::ranges::find(others, name) != others.end(); });
}

}  // namespace

AgeStore::AgeStore(StoreSettings settings, Places places, View disk, const Keyring& keyring)
    : m_settings(std::move(settings)),
      m_places(std::move(places)),
      m_disk(std::move(disk)),
      m_keyring(keyring) {}

std::string AgeStore::path(const VarId& var, Visibility visibility) const {
  return visibility == Visibility::secret ? age_file(var) : path_in(var_folder(m_places, var), k_value);
}

bool AgeStore::has(const VarId& var, Visibility visibility) const {
  return m_disk.has_file(path(var, visibility));
}

std::string AgeStore::file_of(const VarId& var, Visibility visibility) const {
  return concat(m_disk.root(), "/", path(var, visibility));
}

bool AgeStore::has_previous(const VarId& var) const {
  return m_disk.has_file(previous_age_file(var)) ||
         m_disk.has_file(path_in(var_folder(m_places, var), k_previous_value));
}

base::Result<std::optional<std::string>> AgeStore::validation_hash(const GeneratorId& generator) const {
  return m_disk.read_file(hash_path(m_places, generator));
}

base::Result<std::vector<StoredVar>> AgeStore::list() const {
  std::vector<StoredVar> found;
  VMCRED_TRY_ASSIGN(const auto secrets, ids_below(m_disk, std::string(k_age_vars)));
  for (const auto& id : secrets)
    if (has(id, Visibility::secret)) found.push_back({.id = id, .visibility = Visibility::secret});
  VMCRED_TRY_ASSIGN(const auto open, ids_below(m_disk, m_places.vars));
  for (const auto& id : open)
    if (has(id, Visibility::open)) found.push_back({.id = id, .visibility = Visibility::open});
  std::ranges::sort(found);
  return found;
}

Names AgeStore::admins_of(const std::string& machine) const {
  const auto own = m_settings.age_machine_recipients.find(machine);
  Names admins = own == m_settings.age_machine_recipients.end() ? m_settings.age_recipients : own->second;
  sort_unique(admins);
  return admins;
}

base::Result<Names> AgeStore::wanted(const View& view, const VarId& var, const Audience& audience) const {
  Names recipients;
  if (!audience.deploy) {
    const Placement& placement = var.generator.placement;
    Names machines = audience.machines;
    if (placement.kind == Placement::Kind::per_machine) machines = {placement.name};
    if (machines.empty()) machines = {""};
    for (const auto& machine : machines)
      std::ranges::copy(admins_of(machine), std::back_inserter(recipients));
  }
  if (audience.deploy)
    for (const auto& machine : audience.machines) {
      VMCRED_TRY_ASSIGN(std::string recipient, machine_recipient(view, machine));
      if (!recipient.empty()) recipients.push_back(std::move(recipient));
    }
  sort_unique(recipients);
  return recipients;
}

// A machine's own secret that is deployed has no list: it is for the machine.
base::Result<Names> AgeStore::actual(const View& view, const VarId& var, const std::string& file) const {
  VMCRED_TRY_ASSIGN(Names listed, listed_recipients(view, file));
  const Placement& placement = var.generator.placement;
  if (!listed.empty() || placement.kind != Placement::Kind::per_machine) return listed;
  VMCRED_TRY_ASSIGN(std::string recipient, machine_recipient(view, placement.name));
  return recipient.empty() ? Names() : Names{std::move(recipient)};
}

base::Result<const age::Identities*> AgeStore::machine_identities(const View& view,
                                                                  const std::string& machine) const {
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_machine_identities.find(machine); found != m_machine_identities.end())
    return found->second.get();
  const std::string path = machine_private_file(machine);
  const std::string subject = concat(view.root(), "/", path);
  VMCRED_TRY_ASSIGN(const auto file, view.read_file(path));
  if (!file)
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = concat(subject, " is not there"),
                       .hint = "take it back from git"};
  auto key = age::decrypt(std::as_bytes(std::span(*file)), m_keyring.identities());
  if (!key) return unreadable(std::move(key).error(), subject, m_keyring);
  VMCRED_TRY_ASSIGN(auto identities, age::parse_identities(key->bytes(), subject));
  auto& kept = m_machine_identities[machine];
  kept = std::make_unique<const age::Identities>(std::move(identities));
  return kept.get();
}

base::Result<Names> AgeStore::machines_that_read(const View& view, const VarId& var,
                                                 const std::string& file) const {
  const Placement& placement = var.generator.placement;
  if (placement.kind == Placement::Kind::per_machine) return Names{placement.name};
  VMCRED_TRY_ASSIGN(const Names listed, listed_recipients(view, file));
  VMCRED_TRY_ASSIGN(const Names machines, view.names(k_age_machines));
  Names readers;
  for (const auto& machine : machines) {
    VMCRED_TRY_ASSIGN(const std::string recipient, machine_recipient(view, machine));
    if (listed.empty() || std::ranges::find(listed, recipient) != listed.end()) readers.push_back(machine);
  }
  return readers;
}

// With our own identities where the list names one of them; else through each machine that can read it.
base::Result<secret::SecretBuffer> AgeStore::open(const View& view, const VarId& var,
                                                  const std::string& file) const {
  VMCRED_TRY_ASSIGN(const auto text, view.read_file(file));
  if (!text) return not_generated(var);
  const auto bytes = std::as_bytes(std::span(*text));
  VMCRED_TRY_ASSIGN(const Names listed, listed_recipients(view, file));
  std::optional<base::Error> failure;
  if (!have_common(listed, m_keyring.recipients())) {
    VMCRED_TRY_ASSIGN(const Names machines, machines_that_read(view, var, file));
    for (const auto& machine : machines) {
      const auto identities = machine_identities(view, machine);
      auto value = identities ? age::decrypt(bytes, **identities)
                              : base::Result<secret::SecretBuffer>(identities.error());
      if (value) return value;
      if (!failure) failure = std::move(value).error();
    }
  }
  auto value = age::decrypt(bytes, m_keyring.identities());
  if (value) return value;
  return unreadable(failure ? *std::move(failure) : std::move(value).error(), concat(view.root(), "/", file),
                    m_keyring);
}

base::Result<secret::SecretBuffer> AgeStore::read(const VarId& var, Visibility visibility) const {
  if (visibility == Visibility::open) return read_open_value(m_disk, m_places, var);
  return open(m_disk, var, age_file(var));
}

base::Result<Access> AgeStore::access(const VarId& var, const Audience& audience) const {
  const std::string file = age_file(var);
  if (!m_disk.has_file(file)) return not_generated(var);
  VMCRED_TRY_ASSIGN(const Names target, wanted(m_disk, var, audience));
  VMCRED_TRY_ASSIGN(const Names present, actual(m_disk, var, file));
  Access access{.actual = present, .missing = without(target, present), .stale = without(present, target)};
  VMCRED_TRY_ASSIGN(const Names machines, m_disk.names(k_age_machines));
  for (const auto& machine : machines) {
    VMCRED_TRY_ASSIGN(const std::string recipient, machine_recipient(m_disk, machine));
    for (auto* names : {&access.actual, &access.missing, &access.stale})
      std::ranges::replace(*names, recipient, "machine " + machine);
  }
  if (!audience.deploy) return access;
  for (const auto& machine : audience.machines) {
    VMCRED_TRY_ASSIGN(const std::string recipient, machine_recipient(m_disk, machine));
    if (recipient.empty()) access.missing.push_back("machine " + machine);
    VMCRED_TRY_ASSIGN(const Names admins, listed_recipients(m_disk, machine_private_file(machine)));
    if (admins.empty()) continue;  // the key is not ours to manage
    std::ranges::copy(without(admins_of(machine), admins), std::back_inserter(access.missing));
    std::ranges::copy(without(admins, admins_of(machine)), std::back_inserter(access.stale));
  }
  for (auto* names : {&access.actual, &access.missing, &access.stale}) sort_unique(*names);
  return access;
}

}  // namespace vmcred::store
