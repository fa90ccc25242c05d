// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

// The plan's devices and listening sockets, in its order. They stay open across exec, but for those that go
// to the VMM along with a request. A listener takes the place of a socket that an earlier VM left, and only
// its owner may connect. Call it as the VM's user.
base::Result<std::vector<base::UniqueFd>> open_planned_descriptors(const vmm::LaunchPlan& plan);

}  // namespace vmcred::runner
