// SPDX-License-Identifier: Apache-2.0
// Anonymous files in memory through which a secret crosses to another process.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::secret {

// A memfd with these contents, sealed against every later change and kept open across exec. It has no name in
// any file system; whoever holds the descriptor, root, and the same user (through /proc) can read it. `name`
// is what /proc shows for it: no secret, at most 249 bytes.
base::Result<base::UniqueFd> make_sealed_file(const char* name, std::span<const std::byte> contents);

// The same in two steps, for contents that come in pieces: an empty file that can be written, and then its
// seals. Sealing fails while a writable mapping of the file is left.
base::Result<base::UniqueFd> make_memory_file(const char* name);
base::Result<void> seal(const base::UniqueFd& file);

}  // namespace vmcred::secret
