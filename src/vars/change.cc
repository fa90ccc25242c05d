// SPDX-License-Identifier: Apache-2.0
#include "vars/change.h"

#include <map>
#include <set>

#include "vars/make.h"
#include "vars/picture.h"
#include "vars/way_back.h"

namespace vmcred::vars {
namespace {

using base::Result;
using store::Visibility;

// Gives the changed generators new versions, and notes what their dependents were made from while that is
// known.
class Noting {
 public:
  Noting(const Workshop& workshop, const Picture& picture, store::Transaction& transaction,
         const KeptFiles& kept)
      : m_workshop(workshop),
        m_picture(picture),
        m_transaction(transaction),
        m_kept(kept),
        m_files(workshop.vars_path) {}

  Result<void> note(const std::set<std::size_t>& changed) {
    for (const std::size_t i : changed) { VMCRED_TRY_ASSIGN(m_new_versions[i], new_version()); }
    for (const std::size_t i : changed) {
      VMCRED_TRY(note_changed(i));
      for (const std::size_t dependent : m_picture.graph.dependents(i))
        if (!m_picture.versions[dependent] && !changed.contains(dependent))
          VMCRED_TRY(write(dependent, {.current = as_noted(dependent), .previous = {}}));
    }
    return {};
  }

 private:
  const store::GeneratorId& id_of(std::size_t i) const { return m_workshop.declared.generators()[i].id; }

  Making as_noted(std::size_t generator) const {
    Making making;
    if (m_picture.versions[generator]) making = m_picture.versions[generator]->current;
    for (const std::size_t dependency : m_picture.graph.dependencies(generator))
      making.from.try_emplace(store::path_of(id_of(dependency)), m_picture.version_of(dependency));
    return making;
  }

  // Who neither depends on another nor is depended on, and has no way back, needs no file.
  Result<void> note_changed(std::size_t generator) {
    const auto dependencies = m_picture.graph.dependencies(generator);
    const auto& before = m_picture.versions[generator];
    VersionFile file;
    VMCRED_TRY_ASSIGN(file.previous, way_back_to(m_workshop, id_of(generator), before, m_kept));
    const bool stands_alone = dependencies.empty() && m_picture.graph.dependents(generator).empty();
    if (stands_alone && !before && !file.previous) return {};
    file.current = as_noted(generator);
    file.current.version = m_new_versions.at(generator);
    for (const std::size_t dependency : dependencies)
      if (const auto together = m_new_versions.find(dependency); together != m_new_versions.end())
        file.current.from[store::path_of(id_of(dependency))] = together->second;
    return write(generator, file);
  }

  Result<void> write(std::size_t generator, const VersionFile& file) {
    return m_files.write(m_transaction, id_of(generator), file);
  }

  const Workshop& m_workshop;
  const Picture& m_picture;
  store::Transaction& m_transaction;
  const KeptFiles& m_kept;
  Versions m_files;
  std::map<std::size_t, std::string> m_new_versions;
};

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Nothing where the value is there already. One that can't be read is no value to keep.
std::optional<ChangedVar> compared(const store::Store& store, const NewValue& value) {
  const DeclaredVar& var = value.var;
  const bool is_open = var.visibility() == Visibility::open;
  ChangedVar change{.var = var, .is_new = !store.has(var.id(), var.visibility())};
  if (is_open) change.after = text_of(value.bytes);
  if (change.is_new) return change;
  const auto current = store.read(var.id(), var.visibility());
  if (current && current->equals(value.bytes)) return std::nullopt;
  if (current && is_open) change.before = text_of(current->bytes());
  return change;
}

// Whose readers nobody can tell, since its file is broken, is written all the same.
void compare_readers(const store::Store& store, std::vector<ChangedVar>& changes) {
  std::vector<store::Target> targets;
  std::vector<ChangedVar*> compared;
  for (ChangedVar& change : changes) {
    if (change.is_new || change.var.visibility() == Visibility::open) continue;
    targets.push_back({.id = change.var.id(), .audience = change.var.audience()});
    compared.push_back(&change);
  }
  auto access = store.access_of(targets);
  if (!access) return;
  for (std::size_t i = 0; i < compared.size(); ++i) {
    compared[i]->added = std::move((*access)[i].missing);
    compared[i]->removed = std::move((*access)[i].stale);
  }
}

// The dependents that are there.
std::vector<store::GeneratorId> left_behind(const Workshop& workshop, const Picture& picture,
                                            const std::set<std::size_t>& changed) {
  std::set<std::size_t> dependents;
  for (const std::size_t i : changed)
    for (const std::size_t dependent : picture.graph.dependents(i))
      if (!changed.contains(dependent) && picture.conditions[dependent] != Condition::missing)
        dependents.insert(dependent);
  std::vector<store::GeneratorId> ids;
  for (const std::size_t i : dependents) ids.push_back(workshop.declared.generators()[i].id);
  return ids;
}

// What was not there at all, and what nothing else can make, is right once it is set.
Result<void> note_validity(const Workshop& workshop, const Picture& picture, store::Transaction& transaction,
                           const std::set<std::size_t>& changed) {
  for (const std::size_t i : changed) {
    const Declaration& generator = workshop.declared.generators()[i];
    if (picture.conditions[i] == Condition::missing || !check_can_make(generator))
      VMCRED_TRY(workshop.store.set_validation_hash(transaction, generator.id, generator.validation_hash));
  }
  return {};
}

}  // namespace

Result<ChangeReport> set_values(const Workshop& workshop, store::Transaction& transaction,
                                std::span<const NewValue> values) {
  VMCRED_TRY_ASSIGN(const Picture picture, take_picture(workshop));
  ChangeReport report;
  std::vector<DeclaredVar> vars;
  std::vector<store::Value> staged;
  std::set<std::size_t> changed;
  for (const NewValue& value : values) {
    auto change = compared(workshop.store, value);
    if (!change) continue;
    const DeclaredVar& var = value.var;
    report.vars.push_back(*std::move(change));
    vars.push_back(var);
    staged.push_back(
        {.id = var.id(), .visibility = var.visibility(), .audience = var.audience(), .bytes = value.bytes});
    changed.insert(static_cast<std::size_t>(var.generator - workshop.declared.generators().data()));
  }
  compare_readers(workshop.store, report.vars);
  report.stale = left_behind(workshop, picture, changed);
  VMCRED_TRY(workshop.store.ensure_machine_keys(transaction, deployed_readers(vars)));
  VMCRED_TRY_ASSIGN(const KeptFiles kept, stage_values(workshop, transaction, staged, KeepPrevious::yes));
  VMCRED_TRY(note_validity(workshop, picture, transaction, changed));
  VMCRED_TRY(Noting(workshop, picture, transaction, kept).note(changed));
  return report;
}

}  // namespace vmcred::vars
