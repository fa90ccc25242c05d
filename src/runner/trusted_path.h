// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// Opens an absolute path for reading as a file that its owner meant us to read, though we may be root:
//  - once a directory or link on the way belongs to a user other than root, everything after it must belong
//  to the
//    same user, so nobody can lead us to a file that is not theirs by a link (systemd's CHASE_SAFE rule);
//  - the end must be a regular file: a directory, FIFO, socket or device is refused without being waited for.
// Each component is opened below the one before, so a link swapped in meanwhile is judged as what it is when
// it is met. Fails with a `credential` error (missing, unreadable, wrong type) or a `refused` one (unsafe
// path).
base::Result<base::UniqueFd> open_trusted(const std::string& path);

}  // namespace vmcred::runner
