// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// Opens an absolute path for reading as a file that its owner meant us to read, though we may be root:
//  - once a directory or link on the way belongs to a user other than root, everything after it must belong
//    to the same user, so nobody can lead us to a file that is not theirs by a link (systemd's CHASE_SAFE
//    rule);
//  - the end must be a regular file: a directory, FIFO, socket or device is refused without being waited for.
// Each component is opened below the one before, so a link swapped in meanwhile is judged as what it is when
// it is met. Fails with a `credential` error (missing, unreadable, wrong type) or a `refused` one (unsafe
// path).
base::Result<base::UniqueFd> open_trusted(const std::string& path);

// The same for many files: the way to each directory is walked once, and its files are opened below what was
// found and judged then. For one job, not for the life of a process: it does not see what becomes of the way.
class TrustedFiles {
 public:
  base::Result<base::UniqueFd> open(const std::string& path);

  // How far a walk has come, and whose hands it has passed through.
  struct Place {
    std::shared_ptr<const base::UniqueFd> here = {};
    mode_t mode = 0;  // of that, whose type never changes
    uid_t owner = 0;
    int links = 0;
  };

 private:
  std::map<std::string, Place> m_directories;  // by the text before a path's last slash
};

}  // namespace vmcred::runner
