// SPDX-License-Identifier: Apache-2.0
// Writing: what takes time is prepared on all cores, then staged in order.
#include <algorithm>
#include <optional>

#include "age/identity.h"
#include "base/text.h"
#include "sops/binary.h"
#include "store/keyring_hint.h"
#include "store/names.h"
#include "store/open_values.h"
#include "store/parallel.h"
#include "store/secret_folder.h"
#include "store/sops_store.h"
#include "store/tree_path.h"
#include "store/wrap.h"

namespace vmcred::store {

// New texts; what stays as it is has none.
struct SopsStore::WriteJob {
  const Value* value;
  Folder folder;
  std::optional<std::string> secret = std::nullopt;
  std::optional<std::string> previous = std::nullopt;
  bool value_changed = false;
};

// The old value is compared where it can be read: what is the same stays byte for byte, unless its readers
// change.
base::Result<void> SopsStore::prepare_write(const View& view, const Members& members, bool keep_previous,
                                            WriteJob& job) const {
  const auto wrap = [&](std::string_view file) {
    return rewrapped(file, job.folder.keys, members, m_keyring.identities(), DataKey::keep);
  };
  VMCRED_TRY_ASSIGN(const auto old, view.read_file(path_in(job.folder.path, k_secret)));
  const auto old_value =
      old ? std::optional(sops::decrypt_binary(*old, m_keyring.identities())) : std::nullopt;
  if (old_value && *old_value && (*old_value)->equals(job.value->bytes)) {
    VMCRED_TRY_ASSIGN(job.secret, wrap(*old));
    return {};
  }
  job.value_changed = true;
  VMCRED_TRY_ASSIGN(job.secret, wrapped(job.value->bytes, job.folder.keys, members));
  if (!keep_previous) return {};
  if (old) {
    const bool readable = old_value->has_value();
    VMCRED_TRY_ASSIGN(auto rewrapped_old,
                      readable ? wrap(*old) : base::Result<std::optional<std::string>>(std::nullopt));
    job.previous = rewrapped_old ? *std::move(rewrapped_old) : *old;
    return {};
  }
  VMCRED_TRY_ASSIGN(const auto open_value, view.read_file(path_in(job.folder.path, k_value)));
  if (!open_value) return {};
  VMCRED_TRY_ASSIGN(job.previous, wrapped(std::as_bytes(std::span(*open_value)), job.folder.keys, members));
  return {};
}

base::Result<void> SopsStore::stage_secret(Transaction& transaction, WriteJob& job) const {
  const std::string& folder = job.folder.path;
  VMCRED_TRY(stage_links(transaction, folder, job.folder.present, job.folder.desired));
  if (job.secret) VMCRED_TRY(transaction.write_file(path_in(folder, k_secret), *job.secret));
  const std::string previous = path_in(folder, k_previous_secret);
  if (job.previous)
    VMCRED_TRY(transaction.write_file(previous, *job.previous));
  else if (job.value_changed)
    VMCRED_TRY(remove_if_there(transaction, previous));
  for (const auto name : {k_value, k_previous_value})
    VMCRED_TRY(remove_if_there(transaction, path_in(folder, name)));
  return {};
}

// A secret that becomes open takes nothing secret with it: a rollback would publish it.
base::Result<void> SopsStore::stage_open(Transaction& transaction, const Value& value,
                                         bool keep_previous) const {
  const std::string folder = var_folder(m_places, value.id);
  for (const auto name : {k_secret, k_previous_secret})
    VMCRED_TRY(remove_if_there(transaction, path_in(folder, name)));
  for (const char* kind : {"users", "machines", "groups"})
    VMCRED_TRY(transaction.remove_all(path_in(folder, kind)));
  return stage_open_value(transaction, m_places, value, keep_previous);
}

namespace {

std::vector<Value> secrets_among(std::span<const Value> values) {
  std::vector<Value> found;
  std::ranges::copy_if(values, std::back_inserter(found),
                       [](const Value& value) { return value.visibility == Visibility::secret; });
  return found;
}

}  // namespace

base::Result<void> SopsStore::write(Transaction& transaction, std::span<const Value> values,
                                    bool keep_previous) {
  for (const auto& value : values) VMCRED_TRY(check_id(value.id));
  const auto secrets = secrets_among(values);
  if (!secrets.empty()) {
    VMCRED_TRY(ensure_machine_keys(transaction, machines_of(secrets)));
    VMCRED_TRY_ASSIGN(const Members known, members(transaction.view()));
    VMCRED_TRY_ASSIGN(const std::string admin, acting_admin(known));
    std::vector<WriteJob> jobs(secrets.size());
    VMCRED_TRY(in_parallel(jobs.size(), [&](std::size_t i) -> base::Result<void> {
      jobs[i].value = &secrets[i];
      VMCRED_TRY_ASSIGN(jobs[i].folder,
                        folder_of_secret(transaction.view(), known, secrets[i].id, secrets[i].audience));
      jobs[i].folder.desired.users.insert(admin);
      jobs[i].folder.keys = known.keys_of(jobs[i].folder.desired);
      auto prepared = prepare_write(transaction.view(), known, keep_previous, jobs[i]);
      if (!prepared) return base::in(path_of(secrets[i].id), std::move(prepared));
      return {};
    }));
    for (auto& job : jobs) VMCRED_TRY(stage_secret(transaction, job));
  }
  for (const auto& value : values)
    if (value.visibility == Visibility::open) VMCRED_TRY(stage_open(transaction, value, keep_previous));
  return {};
}

base::Result<void> SopsStore::rollback(Transaction& transaction, const VarId& var, Visibility visibility) {
  if (visibility == Visibility::open)
    return stage_exchange(transaction, var, path(var, k_value), path(var, k_previous_value));
  return stage_exchange(transaction, var, path(var, k_secret), path(var, k_previous_secret));
}

base::Result<void> SopsStore::drop_previous(Transaction& transaction, const VarId& var) {
  for (const auto name : {k_previous_secret, k_previous_value})
    VMCRED_TRY(remove_if_there(transaction, path(var, name)));
  return {};
}

base::Result<void> SopsStore::remove(Transaction& transaction, const VarId& var) {
  VMCRED_TRY(check_id(var));
  return transaction.remove_all(var_folder(m_places, var));
}

base::Result<void> SopsStore::set_validation_hash(Transaction& transaction, const GeneratorId& generator,
                                                  const std::optional<std::string>& hash) {
  return stage_validation_hash(transaction, m_places, generator, hash);
}

}  // namespace vmcred::store
