// SPDX-License-Identifier: Apache-2.0
// Writing: what takes time is prepared on all cores, then staged in order.
#include <algorithm>
#include <optional>

#include "store/age_files.h"
#include "store/age_store.h"
#include "store/names.h"
#include "store/open_values.h"
#include "store/parallel.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using Names = std::vector<std::string>;

}  // namespace

struct AgeStore::WriteJob {
  const Value* value;
  Names recipients;
  std::optional<std::string> text = std::nullopt;  // none: it stays as it is
  std::optional<std::string> previous = std::nullopt;
  Names previous_recipients = {};
  bool value_changed = false;
};

base::Result<void> AgeStore::prepare_write(const View& view, bool keep_previous, WriteJob& job) const {
  const Value& value = *job.value;
  const std::string file = age_file(value.id);
  VMCRED_TRY_ASSIGN(job.recipients, wanted(view, value.id, value.audience));
  if (job.recipients.empty()) return no_recipients(value.id, value.audience);
  VMCRED_TRY_ASSIGN(const auto old_text, view.read_file(file));
  auto old = old_text ? std::optional(open(view, value.id, file)) : std::nullopt;
  VMCRED_TRY_ASSIGN(const Names old_recipients, actual(view, value.id, file));
  job.value_changed = !old || !*old || !(*old)->equals(value.bytes);
  if (!job.value_changed && old_recipients == job.recipients) return {};
  VMCRED_TRY_ASSIGN(job.text, seal(value.bytes, job.recipients));
  if (!keep_previous || !job.value_changed) return {};
  job.previous_recipients = job.recipients;
  if (!old) {
    VMCRED_TRY_ASSIGN(const auto open_value,
                      view.read_file(path_in(var_folder(m_places, value.id), k_value)));
    if (!open_value) return {};
    VMCRED_TRY_ASSIGN(job.previous, seal(std::as_bytes(std::span(*open_value)), job.recipients));
  } else if (*old && old_recipients != job.recipients) {
    VMCRED_TRY_ASSIGN(job.previous, seal((*old)->bytes(), job.recipients));
  } else {
    job.previous = *old_text;
    job.previous_recipients = old_recipients;
  }
  return {};
}

base::Result<void> AgeStore::write(Transaction& transaction, std::span<const Value> values,
                                   bool keep_previous) {
  std::vector<Value> secrets;
  for (const auto& value : values) {
    VMCRED_TRY(check_id(value.id));
    if (value.visibility == Visibility::secret) secrets.push_back(value);
  }
  VMCRED_TRY(ensure_machine_keys(transaction, machines_of(secrets)));
  std::vector<WriteJob> jobs(secrets.size());
  VMCRED_TRY(in_parallel(jobs.size(), [&](std::size_t i) -> base::Result<void> {
    jobs[i].value = &secrets[i];
    auto prepared = prepare_write(transaction.view(), keep_previous, jobs[i]);
    if (!prepared) return base::in(path_of(secrets[i].id), std::move(prepared));
    return {};
  }));
  for (const auto& job : jobs) {
    const VarId& var = job.value->id;
    const bool listed = needs_list(var, job.value->audience);
    if (job.text)
      VMCRED_TRY(stage_sealed(transaction, age_file(var), *job.text, listed ? job.recipients : Names()));
    if (job.previous)
      VMCRED_TRY(stage_sealed(transaction, previous_age_file(var), *job.previous,
                              listed ? job.previous_recipients : Names()));
    else if (job.value_changed)
      VMCRED_TRY(remove_sealed(transaction, previous_age_file(var)));
    for (const auto name : {k_value, k_previous_value})
      VMCRED_TRY(remove_if_there(transaction, path_in(var_folder(m_places, var), name)));
  }
  for (const auto& value : values) {
    if (value.visibility == Visibility::secret) continue;
    VMCRED_TRY(transaction.remove_all(age_folder(value.id)));
    VMCRED_TRY(stage_open_value(transaction, m_places, value, keep_previous));
  }
  return {};
}

base::Result<void> AgeStore::rollback(Transaction& transaction, const VarId& var, Visibility visibility) {
  if (visibility == Visibility::open) {
    const std::string folder = var_folder(m_places, var);
    return stage_exchange(transaction, var, path_in(folder, k_value), path_in(folder, k_previous_value));
  }
  const std::string current = age_file(var);
  const std::string previous = previous_age_file(var);
  VMCRED_TRY(stage_exchange(transaction, var, current, previous));
  VMCRED_TRY_ASSIGN(const Names listed, listed_recipients(transaction.view(), current));
  VMCRED_TRY_ASSIGN(const Names previously_listed, listed_recipients(transaction.view(), previous));
  if (listed == previously_listed) return {};
  VMCRED_TRY_ASSIGN(const auto now, transaction.read_file(current));
  VMCRED_TRY_ASSIGN(const auto then, transaction.read_file(previous));
  VMCRED_TRY(stage_sealed(transaction, current, *now, previously_listed));
  return stage_sealed(transaction, previous, *then, listed);
}

base::Result<void> AgeStore::drop_previous(Transaction& transaction, const VarId& var) {
  VMCRED_TRY(remove_sealed(transaction, previous_age_file(var)));
  return remove_if_there(transaction, path_in(var_folder(m_places, var), k_previous_value));
}

base::Result<void> AgeStore::remove(Transaction& transaction, const VarId& var) {
  VMCRED_TRY(check_id(var));
  VMCRED_TRY(transaction.remove_all(age_folder(var)));
  return transaction.remove_all(var_folder(m_places, var));
}

base::Result<void> AgeStore::set_validation_hash(Transaction& transaction, const GeneratorId& generator,
                                                 const std::optional<std::string>& hash) {
  return stage_validation_hash(transaction, m_places, generator, hash);
}

}  // namespace vmcred::store
