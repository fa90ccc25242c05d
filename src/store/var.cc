// SPDX-License-Identifier: Apache-2.0
#include "store/var.h"

#include "base/text.h"

namespace vmcred::store {

std::string path_of(const Placement& placement) {
  switch (placement.kind) {
    case Placement::Kind::per_machine:
      return base::concat("per-machine/", placement.name);
    case Placement::Kind::per_export:
      return base::concat("per-export/", placement.name);
    case Placement::Kind::shared:
      break;
  }
  return "shared";
}

std::string path_of(const GeneratorId& generator) {
  return base::concat(path_of(generator.placement), "/", generator.generator);
}

std::string path_of(const VarId& var) { return base::concat(path_of(var.generator), "/", var.file); }

}  // namespace vmcred::store
