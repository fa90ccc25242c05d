// SPDX-License-Identifier: Apache-2.0
#include "vars/roll_back.h"

#include <algorithm>

#include "base/text.h"
#include "config/kind.h"
#include "vars/picture.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::quoted;
using base::Result;

class Way {
 public:
  Way(const Workshop& workshop, const Picture& picture, std::span<const std::size_t> seeds)
      : m_workshop(workshop), m_picture(picture), m_seeds(seeds) {
    for (std::size_t i = 0; i < picture.versions.size(); ++i) m_versions.push_back(picture.version_of(i));
  }

  void find() {
    for (const std::size_t i : m_picture.graph.order()) {
      if (is_seed(i) || has_changed_dependency(i)) judge(i);
    }
  }

  const std::vector<std::size_t>& back() const { return m_back; }
  const std::vector<std::size_t>& stale() const { return m_stale; }

 private:
  bool is_seed(std::size_t i) const { return std::ranges::find(m_seeds, i) != m_seeds.end(); }

  bool has_changed_dependency(std::size_t i) const {
    return std::ranges::any_of(m_picture.graph.dependencies(i), [&](std::size_t dependency) {
      return std::ranges::find(m_back, dependency) != m_back.end();
    });
  }

  // A dependent that is right as it is stays: a rollback takes one change back, not the one before, too.
  void judge(std::size_t i) {
    const auto& file = m_picture.versions[i];
    const bool changed = has_changed_dependency(i);
    const bool is_right = !changed || (file && fits(i, file->current));
    if (is_right && !is_seed(i)) return;
    if (file && file->previous && (!changed || fits(i, file->previous->making))) {
      m_back.push_back(i);
      m_versions[i] = file->previous->making.version;
    } else if (!is_right) {
      m_stale.push_back(i);
    }
  }

  bool fits(std::size_t i, const Making& making) const {
    return is_made_from(making, m_workshop.declared, i, m_versions);
  }

  const Workshop& m_workshop;
  const Picture& m_picture;
  std::span<const std::size_t> m_seeds;
  std::vector<std::string> m_versions;
  std::vector<std::size_t> m_back;
  std::vector<std::size_t> m_stale;
};

std::vector<store::GeneratorId> ids_of(const Declared& declared, const std::vector<std::size_t>& indices) {
  std::vector<store::GeneratorId> ids;
  for (const std::size_t i : indices) ids.push_back(declared.generators()[i].id);
  return ids;
}

Result<void> exchange(const Workshop& workshop, store::Transaction& transaction, const Declaration& generator,
                      const VersionFile& before) {
  for (const std::string& name : before.previous->files) {
    const config::GeneratorFile* file = config::find_file(*generator.definition, name);
    if (file == nullptr) continue;  // not declared any more
    const DeclaredVar var{&generator, file};
    VMCRED_TRY(workshop.store.rollback(transaction, var.id(), var.visibility()));
  }
  VMCRED_TRY_ASSIGN(auto hash, workshop.store.validation_hash(generator.id));
  VMCRED_TRY(workshop.store.set_validation_hash(transaction, generator.id, before.previous->validation));
  const VersionFile after{
      .current = before.previous->making,
      .previous =
          WayBack{.making = before.current, .validation = std::move(hash), .files = before.previous->files}};
  return Versions(workshop.vars_path).write(transaction, generator.id, after);
}

base::Error nothing_to_go_back_to(const Declared& declared, std::span<const std::size_t> seeds) {
  return {
      .kind = base::ErrorKind::credential,
      .what = seeds.empty()
                  ? "no secret here is made by vmcred"
                  : concat("generator ", quoted(store::path_of(declared.generators()[seeds.front()].id)),
                           " has no previous version"),
      .hint =
          "'vmcred vars rotate', 'set' and 'import' keep one where all that they change was there before, "
          "until the generator runs again"};
}

std::string message_of(const std::vector<store::GeneratorId>& generators) {
  std::string message = "vars: roll back";
  for (const store::GeneratorId& id : generators) message += concat(" ", store::path_of(id));
  return message;
}

}  // namespace

Result<RolledBack> roll_back(const Workshop& workshop, std::span<const std::size_t> seeds, Preview preview) {
  const std::string root = Versions(workshop.vars_path).root();
  VMCRED_TRY_ASSIGN(store::Transaction transaction, preview == Preview::yes
                                                        ? store::Transaction::preview(root)
                                                        : store::Transaction::begin(root));
  VMCRED_TRY_ASSIGN(const Picture picture, take_picture(workshop));
  Way way(workshop, picture, seeds);
  way.find();
  if (way.back().empty()) return nothing_to_go_back_to(workshop.declared, seeds);
  RolledBack done{.generators = ids_of(workshop.declared, way.back()),
                  .stale = ids_of(workshop.declared, way.stale())};
  if (preview == Preview::yes) return done;
  for (const std::size_t i : way.back())
    VMCRED_TRY(exchange(workshop, transaction, workshop.declared.generators()[i], *picture.versions[i]));
  VMCRED_TRY(transaction.commit(message_of(done.generators)));
  return done;
}

}  // namespace vmcred::vars
