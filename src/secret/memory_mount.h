// SPDX-License-Identifier: Apache-2.0
// A file system in memory that never goes to swap.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::secret {

// A tmpfs with noswap (Linux 6.3, and the host's own user namespace), else a ramfs, of mode 0700 and mounted
// nowhere: gone with the last descriptor. `max_size`, like "2M", limits the tmpfs; null: no limit. The
// descriptor is one of O_PATH. Needs the right to mount in the caller's user namespace, and Linux 5.2;
// otherwise an io error.
base::Result<base::UniqueFd> make_memory_mount(const char* max_size);

}  // namespace vmcred::secret
