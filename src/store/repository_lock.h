// SPDX-License-Identifier: Apache-2.0
// One process at a time changes a repository. In a git work tree the lock is the one that clan takes, so that
// both programs may be used on the same repository: flock(2) on "clan.lock" in the git directory. Elsewhere
// it is on the root folder itself.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::store {

// The git directory of the work tree that `root` is in, or nothing. A ".git" file (a linked work tree) is
// followed.
std::optional<std::string> git_directory_of(const std::string& root);

// Held until the descriptor is closed. Says on stderr what it waits for after a second. A second lock in the
// same process waits for ever.
base::Result<base::UniqueFd> lock_repository(const std::string& root);

// Nothing where another process holds it.
base::Result<std::optional<base::UniqueFd>> try_lock_repository(const std::string& root);

}  // namespace vmcred::store
