// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred age …`, with the options of the age program.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

std::span<const command::Command> age_commands();

base::Result<void> run_age_keygen(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_age_encrypt(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_age_decrypt(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
