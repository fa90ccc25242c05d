// SPDX-License-Identifier: Apache-2.0
// The two halves of a transaction on disk: changes go into a staging folder that is built like the
// repository, and from there into place by renames. Only the second touches real files; each of its steps may
// be repeated.
#pragma once

#include <string>

#include "base/result.h"
#include "store/journal.h"
#include "store/view.h"

namespace vmcred::store {

// Would putting these changes in place work? Finds links and files where folders must be, folders where files
// must be, other file systems and missing rights. Changes nothing.
base::Result<void> check_destinations(const View& disk, const Changes& changes);

// Makes files and links below `staging`, an open folder.
base::Result<void> stage(int staging, const Changes& changes);

// Moves all that is staged into place, removes what is to be removed, and the folders that this empties. What
// has been done before is skipped. `staging` is invalid (-1) where nothing is staged any more.
base::Result<void> apply(int root, int staging, const Journal& journal);

// Is all that is staged named by the journal? A staging folder that came with the repository could hold
// anything.
base::Result<void> check_staged(const View& staged, const Journal& journal);

}  // namespace vmcred::store
