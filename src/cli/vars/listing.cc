// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/listing.h"

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

base::Result<vars::DeclaredVar> var_of_operands(const Session& session, const command::Arguments& arguments) {
  const auto operands = arguments.operands();
  VMCRED_TRY_ASSIGN(const auto machines, session.declared().machines_named(operands.first(1)));
  return session.declared().var_named(machines.front(), operands[1]);
}

}  // namespace vmcred::cli
