// SPDX-License-Identifier: Apache-2.0
// The commands of vmcred: one table row and one thin file each.
#pragma once

#include "command/program.h"

namespace vmcred::cli {

const command::Program& program();

inline constexpr std::string_view k_program_name = "vmcred";

base::Result<void> run_config_check(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_config_keys(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_smbios_decode(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_completion(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_complete(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
