// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred vars …`: generators and the encrypted store.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

// Making, reading and checking values.
std::span<const command::Command> vars_commands();

// Who may read them.
std::span<const command::Command> recipient_commands();

base::Result<void> run_vars_generate(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_get(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_set(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_check(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_fix(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_rotate(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_encrypt_for_host(const command::Arguments& arguments,
                                             const command::Streams& streams);
base::Result<void> run_vars_prune(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_export(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vars_import(const command::Arguments& arguments, const command::Streams& streams);

base::Result<void> run_vars_keygen(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_users_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_users_add(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_users_remove(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_users_add_key(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_users_remove_key(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_machines_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_machines_add(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_machines_remove(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_groups_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_groups_add_user(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_groups_remove_user(const command::Arguments& arguments,
                                          const command::Streams& streams);
base::Result<void> run_groups_add_machine(const command::Arguments& arguments,
                                          const command::Streams& streams);
base::Result<void> run_groups_remove_machine(const command::Arguments& arguments,
                                             const command::Streams& streams);

}  // namespace vmcred::cli
