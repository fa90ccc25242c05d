// SPDX-License-Identifier: Apache-2.0
// How vars are named and shown.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/vars/session.h"

namespace vmcred::cli {

// The declared vars of the machines that the operands name, or of all.
base::Result<std::vector<vars::DeclaredVar>> vars_of_machines(const Session& session,
                                                              std::span<const std::string> machines);

// "secret 'per-machine/web/ssh/key'".
std::string text_of(const store::VarId& var, store::Visibility visibility);

}  // namespace vmcred::cli
