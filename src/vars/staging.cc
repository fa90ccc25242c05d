// SPDX-License-Identifier: Apache-2.0
#include "vars/staging.h"

#include <algorithm>

namespace vmcred::vars {

using base::Result;
using store::Placement;
using store::Visibility;

Result<void> Staging::add(std::span<const Step> steps, const MadeValues& made, KeepPrevious keep) {
  std::vector<DeclaredVar> vars;
  for (const auto& [id, value] : made) vars.push_back(value.var);
  VMCRED_TRY(ensure_machine_keys(vars));
  VMCRED_TRY(write_values(made, keep));
  std::vector<std::string> versions;
  for (std::size_t i = 0; i < m_picture.versions.size(); ++i) versions.push_back(m_picture.version_of(i));
  for (const Step& step : steps) {
    const Declaration& generator = m_workshop.declared.generators()[step.generator];
    VMCRED_TRY(m_workshop.store.set_validation_hash(m_transaction, generator.id, generator.validation_hash));
    VMCRED_TRY(write_version(step, versions));
    VMCRED_TRY(remove_other_places(generator));
  }
  return {};
}

Result<void> Staging::fix(std::span<const DeclaredVar> vars) {
  VMCRED_TRY(ensure_machine_keys(vars));
  std::vector<store::Target> targets;
  for (const DeclaredVar& var : vars) targets.push_back({.id = var.id(), .audience = var.audience()});
  VMCRED_TRY(m_workshop.store.fix_all(m_transaction, targets, {}));
  return {};
}

Result<void> Staging::ensure_machine_keys(std::span<const DeclaredVar> vars) {
  return m_workshop.store.ensure_machine_keys(m_transaction, deployed_readers(vars));
}

Result<bool> Staging::is_unchanged(const MadeValue& value) const {
  VMCRED_TRY_ASSIGN(const auto before, m_workshop.store.read(value.var.id(), value.var.visibility()));
  return value.value.equals(before.bytes());
}

// A value that is the same has no way back, and needs none.
Result<void> Staging::write_values(const MadeValues& made, KeepPrevious keep) {
  std::vector<store::Value> values;
  for (const auto& [id, value] : made) {
    const Visibility visibility = value.var.visibility();
    if (keep == KeepPrevious::yes && m_workshop.store.has(id, visibility)) {
      VMCRED_TRY_ASSIGN(const bool unchanged, is_unchanged(value));
      if (unchanged) continue;
    }
    values.push_back(
        {.id = id, .visibility = visibility, .audience = value.var.audience(), .bytes = value.value.bytes()});
  }
  VMCRED_TRY_ASSIGN(m_kept, stage_values(m_workshop, m_transaction, values, keep));
  return {};
}

// Only where somebody will ask for it: a generator that stands alone and has no way back leaves no file. A
// run that changed no value leaves the way back as it was.
Result<void> Staging::write_version(const Step& step, std::vector<std::string>& versions) {
  const auto& generators = m_workshop.declared.generators();
  const Declaration& generator = generators[step.generator];
  const auto& before = m_picture.versions[step.generator];
  const bool stands_alone =
      generator.dependencies.empty() && m_picture.graph.dependents(step.generator).empty();
  VersionFile file;
  VMCRED_TRY_ASSIGN(file.previous, way_back_to(m_workshop, generator.id, before, m_kept));
  if (before && !m_kept.contains(generator.id)) file.previous = before->previous;
  if (stands_alone && !file.previous && !before) return {};
  VMCRED_TRY_ASSIGN(file.current.version, new_version());
  versions[step.generator] = file.current.version;
  for (const std::size_t dependency : generator.dependencies)
    file.current.from.emplace(store::path_of(generators[dependency].id), versions[dependency]);
  return m_versions.write(m_transaction, generator.id, file);
}

// A generator that is shared now leaves what it made for each of its machines, and the other way round.
Result<void> Staging::remove_other_places(const Declaration& generator) {
  std::vector<store::GeneratorId> others;
  if (generator.id.placement.kind == Placement::Kind::shared) {
    for (const std::string& machine : generator.machines)
      others.push_back({.placement = {.kind = Placement::Kind::per_machine, .name = machine},
                        .generator = generator.id.generator});
  } else {
    others.push_back({.placement = {}, .generator = generator.id.generator});
  }
  for (const store::GeneratorId& place : others) {
    bool is_there = false;
    for (const config::GeneratorFile& file : generator.definition->files) {
      const store::VarId id{.generator = place, .file = file.name};
      if (!m_workshop.store.has(id, Visibility::secret) && !m_workshop.store.has(id, Visibility::open))
        continue;
      VMCRED_TRY(m_workshop.store.remove(m_transaction, id));
      is_there = true;
    }
    if (!is_there) continue;
    VMCRED_TRY(m_workshop.store.set_validation_hash(m_transaction, place, std::nullopt));
    VMCRED_TRY_ASSIGN(const auto version, m_versions.read(place));
    if (version) VMCRED_TRY(m_versions.remove(m_transaction, place));
  }
  return {};
}

}  // namespace vmcred::vars
