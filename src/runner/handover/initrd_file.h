// SPDX-License-Identifier: Apache-2.0
// The guest's initrd with credentials behind it (docs/formats/initrd.md), in memory only.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

// A sealed memory file that stays open across exec. The secrets are written into its own pages, and nowhere
// else. Fails with a host error where the initrd can't be read, or where the guest needs a program of ours to
// take the credentials and there is none.
base::Result<base::UniqueFd> make_initrd_file(const vmm::PlannedFile& file,
                                              const credential::CredentialSet& set);

}  // namespace vmcred::runner
