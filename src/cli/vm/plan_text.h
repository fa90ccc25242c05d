// SPDX-License-Identifier: Apache-2.0
// A launch plan for people and for programs, with sizes in place of values.
#pragma once

#include <string>

#include "runner/start.h"

namespace vmcred::cli {

// The command line, and how each credential crosses.
std::string launch_as_text(const runner::PreparedStart& prepared);

std::string plan_as_text(const config::VirtualMachine& vm, const runner::PreparedStart& prepared);
std::string plan_as_json(const config::VirtualMachine& vm, const runner::PreparedStart& prepared);

}  // namespace vmcred::cli
