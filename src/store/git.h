// SPDX-License-Identifier: Apache-2.0
// What the git program is asked to do. No hook is run: half of a transaction must not
// depend on one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/journal.h"

namespace vmcred::store {

// Is there a git work tree, and what is to be done in it? $CLAN_NO_COMMIT, where it is not empty, keeps from
// committing.
GitStep git_step_for(const std::string& root);

// Fails, with a `host` error that says what to do, where a commit could not be made: no git program, no
// identity, a repository of someone else.
base::Result<void> check_git(const std::string& root, GitStep step);

// Tells git of exactly these paths below `root`, written or removed; those that the user ignores are left
// out. Commits only where something differs from the last commit. May be repeated.
base::Result<void> run_git_step(const std::string& root, const Journal& journal);

}  // namespace vmcred::store
