// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"

namespace vmcred::runner {

// A directory in memory that never goes to swap and that has no path: a tmpfs with noswap (Linux 6.3), else a
// ramfs, mounted nowhere. Whoever holds the descriptor reaches it, and it is gone with the last one. Needs
// root.
class PrivateDirectory {
 public:
  static base::Result<PrivateDirectory> make();

  // Adds a file of mode 0400 for this owner.
  base::Result<void> add(const credential::CredentialName& name, const secret::SecretBuffer& value, uid_t uid,
                         gid_t gid);

  // Makes the directory's owner this user and closes it for everyone else.
  base::Result<void> hand_over(uid_t uid, gid_t gid);

  base::UniqueFd take() && { return std::move(m_directory); }

 private:
  explicit PrivateDirectory(base::UniqueFd directory) : m_directory(std::move(directory)) {}

  base::UniqueFd m_directory;
};

}  // namespace vmcred::runner
