// SPDX-License-Identifier: Apache-2.0
#include "store/places.h"

#include <filesystem>

#include "base/text.h"
#include "store/names.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;
using PlacementKind = Placement::Kind;

// The placements that there are below the vars folder, with their folders.
base::Result<std::vector<Placement>> placements_below(const View& view, const std::string& folder) {
  std::vector<Placement> found;
  constexpr std::pair<PlacementKind, const char*> named[] = {{PlacementKind::per_export, "per-export"},
                                                             {PlacementKind::per_machine, "per-machine"}};
  for (const auto& [kind, name] : named) {
    VMCRED_TRY_ASSIGN(const auto names, view.names(path_in(folder, name)));
    for (const auto& each : names)
      if (is_file_name(each)) found.push_back({.kind = kind, .name = each});
  }
  found.push_back({.kind = PlacementKind::shared, .name = {}});
  return found;
}

}  // namespace

base::Result<Places> places_of(const StoreSettings& settings) {
  namespace fs = std::filesystem;
  std::error_code failure;
  fs::path path = fs::absolute(settings.path, failure).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const std::string name = path.filename();
  if (failure || !is_file_name(name))
    return base::Error{.kind = base::ErrorKind::config,
                       .what = concat("the store's path ", base::quoted(settings.path), " names no folder"),
                       .hint = "path = \"vars\" in [store] is what clan uses"};
  return Places{.root = path.parent_path(), .vars = name};
}

std::string var_folder(const Places& places, const VarId& var) {
  return concat(places.vars, "/", path_of(var));
}

std::string hash_path(const Places& places, const GeneratorId& generator) {
  return concat(places.vars, "/", path_of(generator), "/.validation-hash");
}

std::string version_path(const Places& places, const GeneratorId& generator) {
  return concat(places.vars, "/", path_of(generator), "/", k_version_file);
}

base::Result<std::vector<GeneratorId>> generators_below(const View& view, const std::string& folder) {
  std::vector<GeneratorId> found;
  VMCRED_TRY_ASSIGN(const auto placements, placements_below(view, folder));
  for (const auto& placement : placements) {
    VMCRED_TRY_ASSIGN(const auto names, view.names(path_in(folder, path_of(placement))));
    for (const auto& name : names)
      if (is_file_name(name)) found.push_back({.placement = placement, .generator = name});
  }
  return found;
}

base::Result<std::vector<VarId>> ids_below(const View& view, const std::string& folder) {
  std::vector<VarId> found;
  VMCRED_TRY_ASSIGN(const auto generators, generators_below(view, folder));
  for (const auto& generator : generators) {
    VMCRED_TRY_ASSIGN(const auto names, view.names(path_in(folder, path_of(generator))));
    for (const auto& name : names)
      if (is_file_name(name)) found.push_back({.generator = generator, .file = name});
  }
  return found;
}

base::Error not_generated(const VarId& var) {
  return {.kind = base::ErrorKind::credential,
          .what = concat(path_of(var), " has not been generated yet"),
          .hint = "vmcred vars generate"};
}

}  // namespace vmcred::store
