// SPDX-License-Identifier: Apache-2.0
// Where a store's folders are, and what both backends have in common: open values, validation hashes, the
// list.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace vmcred::store {

struct Places {
  std::string root;  // absolute
  std::string vars;  // the name of the vars folder in it
};

// Splits StoreSettings::path.
base::Result<Places> places_of(const StoreSettings& settings);

// "vars/per-machine/web/ssh/id".
std::string var_folder(const Places& places, const VarId& var);

// "vars/per-machine/web/ssh/.validation-hash".
std::string hash_path(const Places& places, const GeneratorId& generator);

// "vars/per-machine/web/ssh/.version": what the room `vars` notes of a generator.
inline constexpr std::string_view k_version_file = ".version";
std::string version_path(const Places& places, const GeneratorId& generator);

// All ids whose folders lie below `folder`: per-machine/M/G/F, shared/G/F, per-export/K/G/F.
base::Result<std::vector<VarId>> ids_below(const View& view, const std::string& folder);

// The same for the folders of generators.
base::Result<std::vector<GeneratorId>> generators_below(const View& view, const std::string& folder);

// The machines that are to have keys: of all items (Value or Target) that are deployed, sorted.
template <typename Items>
std::vector<std::string> machines_of(const Items& items) {
  std::set<std::string> machines;
  for (const auto& item : items)
    if (item.audience.deploy) machines.insert(item.audience.machines.begin(), item.audience.machines.end());
  return {machines.begin(), machines.end()};
}

// The error for a var that is not there.
base::Error not_generated(const VarId& var);

}  // namespace vmcred::store
