// SPDX-License-Identifier: Apache-2.0
// The folder ".vmcred-journal" in a repository's root: where a transaction is staged and recorded, and from
// where it is finished after a crash. It is there only while it is needed. The caller holds the repository's
// lock.
#pragma once

#include <string>

#include "base/result.h"
#include "store/journal.h"
#include "store/view.h"

namespace vmcred::store {

// What a process left behind.
enum class Leftovers {
  none,
  staged,    // nothing has changed; it goes
  recorded,  // the change is made, or is to be made again: each step may be repeated
  applied,   // the files are in place; git has not been told yet
};
Leftovers leftovers_in(const View& disk);

// Stages and records, durably. Until it succeeds nothing but the journal's folder has changed, and that goes
// again.
base::Result<void> record(const View& disk, const Changes& changes, const Journal& journal);

// From `recorded` to `applied`.
base::Result<void> apply_recorded(const View& disk);

// From `applied` to `none`.
base::Result<void> tell_git_of_applied(const View& disk);

// Whatever is left; only for `staged` and `none`.
base::Result<void> discard_staged(const View& disk);

}  // namespace vmcred::store
