// SPDX-License-Identifier: Apache-2.0
// Pages that are locked into RAM, left out of core dumps, unshared with other processes and empty after a
// fork.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace vmcred::secret {

// Gives `size` bytes (at least 1) of locked memory, zeroed, aligned for any object. On failure a `refused`
// error that names the limit and how to raise it: secrets are never put into memory that is not locked. Small
// blocks share pages, so that hundreds of secrets cost a handful of system calls. Thread-safe. A forked child
// gets locked pages of its own.
base::Result<std::byte*> allocate_locked(std::size_t size);

// Wipes the block at once and gives it back. `size` must be the one that was allocated.
void free_locked(std::byte* block, std::size_t size);

}  // namespace vmcred::secret
