// SPDX-License-Identifier: Apache-2.0
#include "store/commit_message.h"

#include "base/text.h"

namespace vmcred::store {

using base::concat;

std::string generated_message(const GeneratorId& generator) {
  const Placement& placement = generator.placement;
  const std::string start = concat("vars: update via generator ", generator.generator);
  switch (placement.kind) {
    case Placement::Kind::per_machine:
      return concat(start, " (machine: ", placement.name, ")");
    case Placement::Kind::per_export:
      return concat(start, " (export: ", placement.name, ")");
    case Placement::Kind::shared:
      break;
  }
  return start + " (shared)";
}

std::string var_updated_message(const VarId& var, std::string_view machine) {
  return concat("vars: update ", var.generator.generator, "/", var.file, " for machine ", machine);
}

std::string vars_fixed_message(std::span<const std::string> machines) {
  if (machines.empty()) return "secrets: fix vars";
  return concat("secrets: fix vars for ", base::join(machines, ", "));
}

std::string vars_imported_message(std::size_t count) {
  return concat("vars: import ", base::counted(count, "var"));
}

std::string vars_pruned_message() { return "vars: remove what nothing declares"; }

std::string member_added_message(std::string_view member, std::string_view name) {
  return concat("secrets: add ", member, " ", name);
}

std::string member_removed_message(std::string_view member, std::string_view name) {
  return concat("secrets: remove ", member, " ", name);
}

std::string keys_added_message(std::string_view user) {
  return concat("secrets: add key(s) for user ", user);
}

std::string keys_removed_message(std::string_view user) {
  return concat("secrets: remove key(s) for user ", user);
}

std::string group_joined_message(std::string_view member, std::string_view name, std::string_view group) {
  return concat("secrets: add ", member, " ", name, " to group ", group);
}

std::string group_left_message(std::string_view member, std::string_view name, std::string_view group) {
  return concat("secrets: remove ", member, " ", name, " from group ", group);
}

std::string machine_key_message(std::string_view machine) {
  return concat("secrets: update ", machine, "-age.key");
}

}  // namespace vmcred::store
