// SPDX-License-Identifier: Apache-2.0
// What git's log says of each kind of change. All but the few that clan has no command for are clan's own
// texts, so that a history tells the same story whichever program wrote it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/var.h"

namespace vmcred::store {

// "vars: update via generator ssh (machine: web)", "(shared)", "(export: KEY)".
std::string generated_message(const GeneratorId& generator);

// "vars: update ssh/id for machine web".
std::string var_updated_message(const VarId& var, std::string_view machine);

// "secrets: fix vars for web, db".
std::string vars_fixed_message(std::span<const std::string> machines);

// "vars: import 3 vars".
std::string vars_imported_message(std::size_t count);

// "vars: remove what nothing declares".
std::string vars_pruned_message();

// `member`: "user" or "machine". "secrets: add user alice", "secrets: remove machine web".
std::string member_added_message(std::string_view member, std::string_view name);
std::string member_removed_message(std::string_view member, std::string_view name);

// "secrets: add key(s) for user alice".
std::string keys_added_message(std::string_view user);
std::string keys_removed_message(std::string_view user);

// "secrets: add user alice to group admins".
std::string group_joined_message(std::string_view member, std::string_view name, std::string_view group);
std::string group_left_message(std::string_view member, std::string_view name, std::string_view group);

// "secrets: update web-age.key".
std::string machine_key_message(std::string_view machine);

}  // namespace vmcred::store
