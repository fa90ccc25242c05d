// SPDX-License-Identifier: Apache-2.0
#include "vars/change.h"

#include <map>
#include <set>

#include "vars/make.h"
#include "vars/picture.h"

namespace vmcred::vars {
namespace {

using base::Result;

// Gives the changed generators new versions, and notes what their dependents were made from while that is
// known.
class Noting {
 public:
  Noting(const Workshop& workshop, const Picture& picture, store::Transaction& transaction)
      : m_workshop(workshop), m_picture(picture), m_transaction(transaction), m_files(workshop.vars_path) {}

  Result<void> note(const std::set<std::size_t>& changed) {
    for (const std::size_t i : changed) { VMCRED_TRY_ASSIGN(m_new_versions[i], new_version()); }
    for (const std::size_t i : changed) {
      VMCRED_TRY(note_changed(i));
      for (const std::size_t dependent : m_picture.graph.dependents(i))
        if (!m_picture.versions[dependent] && !changed.contains(dependent))
          VMCRED_TRY(write(dependent, as_noted(dependent)));
    }
    return {};
  }

 private:
  std::string path_of(std::size_t i) const { return store::path_of(m_workshop.declared.generators()[i].id); }

  Making as_noted(std::size_t generator) const {
    Making making;
    if (m_picture.versions[generator]) making = m_picture.versions[generator]->current;
    for (const std::size_t dependency : m_picture.graph.dependencies(generator))
      making.from.try_emplace(path_of(dependency), m_picture.version_of(dependency));
    return making;
  }

  // Who neither depends on another nor is depended on needs no file.
  Result<void> note_changed(std::size_t generator) {
    const auto dependencies = m_picture.graph.dependencies(generator);
    const bool stands_alone = dependencies.empty() && m_picture.graph.dependents(generator).empty();
    if (stands_alone && !m_picture.versions[generator]) return {};
    Making making = as_noted(generator);
    making.version = m_new_versions.at(generator);
    for (const std::size_t dependency : dependencies)
      if (const auto together = m_new_versions.find(dependency); together != m_new_versions.end())
        making.from[path_of(dependency)] = together->second;
    return write(generator, std::move(making));
  }

  Result<void> write(std::size_t generator, Making making) {
    return m_files.write(m_transaction, m_workshop.declared.generators()[generator].id,
                         {.current = std::move(making), .previous = {}, .previous_files = {}});
  }

  const Workshop& m_workshop;
  const Picture& m_picture;
  store::Transaction& m_transaction;
  Versions m_files;
  std::map<std::size_t, std::string> m_new_versions;
};

// A value that can't be read is no value to keep.
bool is_there_already(const store::Store& store, const NewValue& value) {
  if (!store.has(value.var.id(), value.var.visibility())) return false;
  const auto current = store.read(value.var.id(), value.var.visibility());
  return current && current->equals(value.bytes);
}

}  // namespace

Result<void> set_values(const Workshop& workshop, store::Transaction& transaction,
                        std::span<const NewValue> values) {
  VMCRED_TRY_ASSIGN(const Picture picture, take_picture(workshop));
  std::vector<DeclaredVar> vars;
  std::vector<store::Value> staged;
  std::set<std::size_t> changed;
  for (const NewValue& value : values) {
    if (is_there_already(workshop.store, value)) continue;
    const DeclaredVar& var = value.var;
    vars.push_back(var);
    staged.push_back(
        {.id = var.id(), .visibility = var.visibility(), .audience = var.audience(), .bytes = value.bytes});
    changed.insert(static_cast<std::size_t>(var.generator - workshop.declared.generators().data()));
  }
  VMCRED_TRY(workshop.store.ensure_machine_keys(transaction, deployed_readers(vars)));
  VMCRED_TRY(workshop.store.write(transaction, staged, false));
  // What was not there at all, and what nothing else can make, is right once it is set.
  for (const std::size_t i : changed) {
    const Declaration& generator = workshop.declared.generators()[i];
    if (picture.conditions[i] == Condition::missing || !check_can_make(generator))
      VMCRED_TRY(workshop.store.set_validation_hash(transaction, generator.id, generator.validation_hash));
  }
  return Noting(workshop, picture, transaction).note(changed);
}

}  // namespace vmcred::vars
