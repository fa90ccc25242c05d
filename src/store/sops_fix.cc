// SPDX-License-Identifier: Apache-2.0
// Giving secrets to exactly those who should read them; machine keys.
#include <algorithm>
#include <optional>

#include "age/identity.h"
#include "store/keyring_hint.h"
#include "store/names.h"
#include "store/parallel.h"
#include "store/secret_folder.h"
#include "store/sops_store.h"
#include "store/tree_path.h"
#include "store/wrap.h"

namespace vmcred::store {

// New texts; what stays as it is has none.
struct SopsStore::FixJob {
  Folder folder;
  bool present = false;
  std::optional<std::string> secret = std::nullopt;
  std::optional<std::string> previous = std::nullopt;
};

base::Result<std::string> SopsStore::acting_admin(const Members& members) const {
  std::string user = members.user_with(m_keyring.recipients());
  if (user.empty()) return not_a_user(m_keyring);
  return user;
}

base::Result<SopsStore::Folder> SopsStore::folder_of_secret(const View& view, const Members& members,
                                                            const VarId& var,
                                                            const Audience& audience) const {
  Folder folder{.path = var_folder(m_places, var), .present = {}, .desired = {}, .keys = {}};
  std::vector<std::string> warnings;
  VMCRED_TRY_ASSIGN(folder.present, read_links(view, folder.path, members, warnings));
  m_warnings.add(std::move(warnings));
  folder.desired = desired_links(members, folder.present, audience);
  folder.keys = members.keys_of(folder.desired);
  return folder;
}

base::Result<void> SopsStore::prepare_fix(const View& view, const Members& members, const FixOptions& options,
                                          FixJob& job) const {
  const DataKey data_key = options.rotate_data_key ? DataKey::renew_on_removal : DataKey::keep;
  const auto wrap = [&](std::string_view name) -> base::Result<std::optional<std::string>> {
    VMCRED_TRY_ASSIGN(const auto file, view.read_file(path_in(job.folder.path, name)));
    if (!file) return std::optional<std::string>();
    auto text = rewrapped(*file, job.folder.keys, members, m_keyring.identities(), data_key);
    if (!text) return unreadable(std::move(text).error(), path_in(job.folder.path, name), m_keyring);
    return text;
  };
  job.present = view.has_file(path_in(job.folder.path, k_secret));
  if (!job.present) return {};
  VMCRED_TRY_ASSIGN(job.secret, wrap(k_secret));
  VMCRED_TRY_ASSIGN(job.previous, wrap(k_previous_secret));
  return {};
}

base::Result<bool> SopsStore::stage_fix(Transaction& transaction, const FixJob& job) const {
  if (!job.present) return false;
  const Folder& folder = job.folder;
  VMCRED_TRY(stage_links(transaction, folder.path, folder.present, folder.desired));
  if (job.secret) VMCRED_TRY(transaction.write_file(path_in(folder.path, k_secret), *job.secret));
  if (job.previous)
    VMCRED_TRY(transaction.write_file(path_in(folder.path, k_previous_secret), *job.previous));
  return job.secret || job.previous || folder.present != folder.desired;
}

base::Result<bool> SopsStore::fix(Transaction& transaction, const VarId& var, const Audience& audience,
                                  const FixOptions& options) {
  const Target target{.id = var, .audience = audience};
  VMCRED_TRY_ASSIGN(const auto fixed, fix_all(transaction, {&target, 1}, options));
  return fixed.front();
}

base::Result<std::vector<bool>> SopsStore::fix_all(Transaction& transaction, std::span<const Target> targets,
                                                   const FixOptions& options) {
  for (const auto& target : targets) VMCRED_TRY(check_id(target.id));
  std::vector<Target> present;
  std::ranges::copy_if(targets, std::back_inserter(present), [&](const Target& target) {
    return transaction.view().has_file(path(target.id, k_secret));
  });
  VMCRED_TRY(ensure_machine_keys(transaction, machines_of(present)));
  VMCRED_TRY_ASSIGN(const Members known, members(transaction.view()));
  std::vector<FixJob> jobs(targets.size());
  VMCRED_TRY(in_parallel(jobs.size(), [&](std::size_t i) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(jobs[i].folder,
                      folder_of_secret(transaction.view(), known, targets[i].id, targets[i].audience));
    return prepare_fix(transaction.view(), known, options, jobs[i]);
  }));
  std::vector<bool> fixed;
  for (const auto& job : jobs) {
    VMCRED_TRY_ASSIGN(const bool staged, stage_fix(transaction, job));
    fixed.push_back(staged);
  }
  return fixed;
}

base::Result<void> SopsStore::add_machine_key(Transaction& transaction, const Members& members,
                                              const std::string& machine) const {
  VMCRED_TRY(check_file_name("machine", machine));
  VMCRED_TRY_ASSIGN(const std::string admin, acting_admin(members));
  VMCRED_TRY_ASSIGN(const age::GeneratedIdentity identity, age::generate_identity());
  Links links = desired_links(members, {}, {.deploy = false, .machines = {}});
  links.users.insert(admin);
  VMCRED_TRY_ASSIGN(const std::string text,
                    wrapped(identity.secret_key.bytes(), members.keys_of(links), members));
  const std::string folder = machine_key_folder(machine);
  VMCRED_TRY(transaction.write_file(path_in(folder, k_secret), text));
  VMCRED_TRY(stage_links(transaction, folder, {}, links));
  return transaction.write_file(path_in(machine_path(machine), "key.json"),
                                key_json({{.type = PublicKey::Type::age, .text = identity.recipient}}));
}

base::Result<void> SopsStore::ensure_machine_keys(Transaction& transaction,
                                                  std::span<const std::string> machines) {
  if (machines.empty()) return {};
  VMCRED_TRY_ASSIGN(const Members known, members(transaction.view()));
  for (const auto& machine : machines)
    if (!known.machines.contains(machine)) VMCRED_TRY(add_machine_key(transaction, known, machine));
  return {};
}

}  // namespace vmcred::store
