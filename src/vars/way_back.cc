// SPDX-License-Identifier: Apache-2.0
#include "vars/way_back.h"

#include <algorithm>
#include <set>

namespace vmcred::vars {
namespace {

using base::Result;
using store::GeneratorId;
using store::Value;

std::set<GeneratorId> replaced_as_a_whole(const store::Store& store, std::span<const Value> values) {
  std::set<GeneratorId> whole;
  for (const Value& value : values) whole.insert(value.id.generator);
  for (const Value& value : values)
    if (!store.has(value.id, value.visibility)) whole.erase(value.id.generator);
  return whole;
}

Result<void> drop_others(const Workshop& workshop, store::Transaction& transaction, const KeptFiles& kept) {
  for (const auto& [id, files] : kept) {
    for (const config::GeneratorFile& file : workshop.declared.find(id)->definition->files)
      if (std::ranges::find(files, file.name) == files.end())
        VMCRED_TRY(workshop.store.drop_previous(transaction, {.generator = id, .file = file.name}));
  }
  return {};
}

}  // namespace

Result<KeptFiles> stage_values(const Workshop& workshop, store::Transaction& transaction,
                               std::span<const Value> values, KeepPrevious keep) {
  std::set<GeneratorId> whole;
  if (keep == KeepPrevious::yes) whole = replaced_as_a_whole(workshop.store, values);
  KeptFiles kept;
  std::vector<Value> with_previous;
  std::vector<Value> without;
  for (const Value& value : values) {
    std::vector<std::string>& files = kept[value.id.generator];
    const bool is_kept = whole.contains(value.id.generator);
    (is_kept ? with_previous : without).push_back(value);
    if (is_kept) files.push_back(value.id.file);
  }
  VMCRED_TRY(workshop.store.write(transaction, with_previous, true));
  VMCRED_TRY(workshop.store.write(transaction, without, false));
  VMCRED_TRY(drop_others(workshop, transaction, kept));
  return kept;
}

Result<std::optional<WayBack>> way_back_to(const Workshop& workshop, const GeneratorId& generator,
                                           const std::optional<VersionFile>& before, const KeptFiles& kept) {
  const auto files = kept.find(generator);
  if (files == kept.end() || files->second.empty()) return std::optional<WayBack>();
  VMCRED_TRY_ASSIGN(auto hash, workshop.store.validation_hash(generator));
  return std::optional(WayBack{
      .making = before ? before->current : Making(), .validation = std::move(hash), .files = files->second});
}

}  // namespace vmcred::vars
