// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "config/model.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// Runs the VM's own program, if it has one, to its end: as `identity` (or as who we are), with no environment
// of ours, and before any secret is read. What it prints goes to standard error. A host error where it can't
// be run, or fails.
base::Result<void> run_pre_start(const config::VirtualMachine& vm, const std::optional<Identity>& identity);

}  // namespace vmcred::runner
