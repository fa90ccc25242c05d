// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/listing.h"

#include "base/text.h"

namespace vmcred::cli {

base::Result<std::vector<vars::DeclaredVar>> vars_of_machines(const Session& session,
                                                              std::span<const std::string> machines) {
  const vars::Declared& declared = session.declared();
  VMCRED_TRY_ASSIGN(const auto names, declared.machines_named(machines));
  std::vector<vars::DeclaredVar> found;
  for (const std::size_t index : declared.needed_by(names)) {
    const vars::Declaration& generator = declared.generators()[index];
    for (const auto& file : generator.definition->files) found.push_back({&generator, &file});
  }
  return found;
}

std::string text_of(const store::VarId& var, store::Visibility visibility) {
  return base::concat(visibility == store::Visibility::secret ? "secret " : "var ",
                      base::quoted(store::path_of(var)));
}

}  // namespace vmcred::cli
