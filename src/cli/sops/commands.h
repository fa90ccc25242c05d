// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred sops …`, with the words and exit codes of the sops program.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

std::span<const command::Command> sops_commands();

base::Result<void> run_sops_encrypt(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_decrypt(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_edit(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_set(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_unset(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_updatekeys(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_rotate(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_sops_filestatus(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
