// SPDX-License-Identifier: Apache-2.0
// Puts credentials where programs look for them, in memory only.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"

namespace vmcred::guest {

enum class Placement {
  mount,         // a new file system in memory on top of the directory, read-only afterwards
  as_directory,  // the directory as it is
};

// Writes each credential as a file with mode 0400 below `path`, whose last component gets mode 0700.
// With Placement::mount the file system is filled before it appears under its name, so that nobody ever sees
// a part of the set: tmpfs that never swaps, or ramfs where the kernel can't do that. Fails with a `refused`
// error where the directory holds files already, or would put credentials on a disk.
base::Result<void> place_credentials(const std::string& path, const credential::CredentialSet& set,
                                     Placement placement);

// The parts, for whoever fills a directory in another way: makes the directory like that, with all above it,
// and refuses one that is on a disk;
base::Result<base::UniqueFd> make_credential_directory(const std::string& path);
// and writes the files.
base::Result<void> write_credential_files(const base::UniqueFd& directory,
                                          const credential::CredentialSet& set);

}  // namespace vmcred::guest
