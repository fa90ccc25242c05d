// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred unit …`: what vmcred-generator makes of the config, and why.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

std::span<const command::Command> unit_commands();

base::Result<void> run_unit_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_unit_show(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_unit_explain(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
