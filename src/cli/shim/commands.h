// SPDX-License-Identifier: Apache-2.0
// The command `vmcred shim`, which stands in for a hypervisor.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

std::span<const command::Command> shim_commands();

base::Result<void> run_shim(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
