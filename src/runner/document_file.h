// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

// A planned document as a sealed memory file that stays open across exec. `files` are those that stand before
// it in the plan; their paths are all that is filled in, so nothing in it is secret.
base::Result<base::UniqueFd> make_document_file(const vmm::PlannedFile& planned,
                                                std::span<const base::UniqueFd> files);

}  // namespace vmcred::runner
