// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "command/program.h"

namespace vmcred::command {

// The texts that --help prints, made from the table.
std::string program_help(const Program& program);
std::string command_help(const Program& program, const Command& command);

}  // namespace vmcred::command
