// SPDX-License-Identifier: Apache-2.0
// What the store keeps: vars, each a file that a generator made for a place. docs/formats/store.md has the
// layout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vmcred::store {

// Whom a generator's run is for.
struct Placement {
  enum class Kind { per_machine, shared, per_export };
  Kind kind = Kind::shared;
  std::string name;  // the machine or export; "" for shared

  auto operator<=>(const Placement&) const = default;
};

// "per-machine/web", "shared", "per-export/KEY".
std::string path_of(const Placement& placement);

struct GeneratorId {
  Placement placement;
  std::string generator;

  auto operator<=>(const GeneratorId&) const = default;
};

// "per-machine/web/ssh", "shared/ca".
std::string path_of(const GeneratorId& generator);

struct VarId {
  GeneratorId generator;
  std::string file;

  auto operator<=>(const VarId&) const = default;
};

// "per-machine/web/ssh/id".
std::string path_of(const VarId& var);

enum class Visibility { secret, open };

// Who is meant to read a secret, besides the admins. An open var has no audience.
struct Audience {
  bool deploy = true;                 // false: admins only
  std::vector<std::string> machines;  // those that declare it
};

}  // namespace vmcred::store
