// SPDX-License-Identifier: Apache-2.0
#include "store/leftovers.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "store/age_files.h"
#include "store/places.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using Found = std::vector<Leftover>;
using Kind = Leftover::Kind;

class Search {
 public:
  Search(View view, Places places, std::span<const StoredVar> declared)
      : m_view(std::move(view)), m_places(std::move(places)) {
    for (const auto& var : declared) {
      m_declared.emplace(var.id, var.visibility);
      m_generators.insert(var.id.generator);
    }
  }

  base::Result<Found> run() {
    VMCRED_TRY(add_undeclared());
    VMCRED_TRY(add_plaintexts());
    VMCRED_TRY(add_notes());
    for (const auto& folder : {m_places.vars, std::string("sops/groups"), std::string("sops/secrets")})
      VMCRED_TRY(add_dangling(folder));
    return std::move(m_found);
  }

 private:
  base::Result<void> add_undeclared() {
    std::set<VarId> ids;
    for (const auto& folder : {m_places.vars, std::string(k_age_vars)}) {
      VMCRED_TRY_ASSIGN(const auto below, ids_below(m_view, folder));
      ids.insert(below.begin(), below.end());
    }
    for (const auto& id : ids) {
      if (m_declared.contains(id)) continue;
      Leftover leftover{.kind = Kind::undeclared, .name = path_of(id), .paths = {}};
      for (const auto& folder : {var_folder(m_places, id), age_folder(id)}) {
        VMCRED_TRY_ASSIGN(const auto leaves, m_view.leaves(folder));
        std::ranges::copy(leaves, std::back_inserter(leftover.paths));
      }
      m_undeclared_paths.insert(leftover.paths.begin(), leftover.paths.end());
      if (!leftover.paths.empty()) m_found.push_back(std::move(leftover));
    }
    return {};
  }

  // Only where the secret is there: before that, the old value may still be wanted.
  base::Result<void> add_plaintexts() {
    for (const auto& [id, visibility] : m_declared) {
      const std::string folder = var_folder(m_places, id);
      if (visibility != Visibility::secret) continue;
      if (!m_view.has_file(path_in(folder, k_secret)) && !m_view.has_file(age_file(id))) continue;
      Leftover leftover{.kind = Kind::value_beside_secret, .name = path_in(folder, k_value), .paths = {}};
      for (const auto name : {k_previous_value, k_value})
        if (std::string path = path_in(folder, name); m_view.has_file(path))
          leftover.paths.push_back(std::move(path));
      if (!leftover.paths.empty()) m_found.push_back(std::move(leftover));
    }
    return {};
  }

  base::Result<void> add_notes() {
    VMCRED_TRY_ASSIGN(const auto generators, generators_below(m_view, m_places.vars));
    for (const auto& generator : generators) {
      if (m_generators.contains(generator)) continue;
      for (const auto& path : {hash_path(m_places, generator), version_path(m_places, generator)})
        if (m_view.has_file(path)) m_found.push_back({.kind = Kind::old_note, .name = path, .paths = {path}});
    }
    return {};
  }

  base::Result<void> add_dangling(const std::string& folder) {
    VMCRED_TRY_ASSIGN(const auto leaves, m_view.leaves(folder));
    for (const auto& path : leaves)
      if (is_dangling(path) && !m_undeclared_paths.contains(path))
        m_found.push_back({.kind = Kind::dangling_link, .name = path, .paths = {path}});
    return {};
  }

  bool is_dangling(const std::string& path) const {
    const std::string_view kind = name_of(folder_of(path));
    if (kind != "users" && kind != "machines" && kind != "groups") return false;
    const auto target = m_view.read_link(path);
    return target && !m_view.exists(base::concat("sops/", kind, "/", name_of(*target)));
  }

  View m_view;
  Places m_places;
  std::map<VarId, Visibility> m_declared;
  std::set<GeneratorId> m_generators;
  std::set<std::string> m_undeclared_paths;
  Found m_found;
};

}  // namespace

base::Result<std::vector<Leftover>> leftovers(const StoreSettings& settings,
                                              std::span<const StoredVar> declared) {
  VMCRED_TRY_ASSIGN(Places places, places_of(settings));
  VMCRED_TRY_ASSIGN(View view, View::open(places.root));
  return Search(std::move(view), std::move(places), declared).run();
}

base::Result<void> remove_leftovers(Transaction& transaction, std::span<const Leftover> leftovers) {
  for (const auto& leftover : leftovers)
    for (const auto& path : leftover.paths) VMCRED_TRY(transaction.remove(path));
  return {};
}

}  // namespace vmcred::store
