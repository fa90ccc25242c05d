// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace vmcred::store {

// A git program that is killed leaves its lock files, which stop every later one. Called where our own git
// step is known to have been interrupted: waits a moment for a living git to be done with them, and then, if
// no git program runs on this machine, removes those of the index and of the current branch.
base::Result<void> remove_abandoned_git_locks(const std::string& root);

}  // namespace vmcred::store
