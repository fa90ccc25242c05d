// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/listing.h"

#include "base/text.h"
#include "command/output.h"

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

std::string shown_open_value(std::string_view value) {
  constexpr std::size_t k_longest_shown = 200;
  const auto end = value.find('\n');
  const bool one_line = end == std::string_view::npos || end + 1 == value.size();
  if (!one_line || value.size() > k_longest_shown)
    return base::concat("<", base::byte_count(value.size()), ">");
  return command::shown_name(value.substr(0, end));
}

}  // namespace vmcred::cli
