// SPDX-License-Identifier: Apache-2.0
// Which vars a command is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/vars/session.h"

namespace vmcred::cli {

// The declared vars of the machines that the operands name, or of all.
base::Result<std::vector<vars::DeclaredVar>> vars_of_machines(const Session& session,
                                                              std::span<const std::string> machines);

// The var that the operands name: a VM or machine, and "GENERATOR/FILE".
base::Result<vars::DeclaredVar> var_of_operands(const Session& session, const command::Arguments& arguments);

// An open value on one line, whatever it holds.
std::string shown_open_value(std::string_view value);

}  // namespace vmcred::cli
