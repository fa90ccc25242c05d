// SPDX-License-Identifier: Apache-2.0
// The commands of vmcred-guest: one table row and one file each.
#pragma once

#include "command/program.h"

namespace vmcred::guest {

const command::Program& program();

inline constexpr std::string_view k_program_name = "vmcred-guest";

base::Result<void> run_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_cat(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_verify(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_report(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_notify(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_pull(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_init(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_import(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::guest
