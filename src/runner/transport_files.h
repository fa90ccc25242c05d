// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

// The plan's files filled with the set's values: sealed memory files, in the plan's order, that stay open
// across exec. The set must be the one that the plan was made for.
base::Result<std::vector<base::UniqueFd>> make_transport_files(const vmm::LaunchPlan& plan,
                                                               const credential::CredentialSet& set);

// The plan's argv, with program and descriptor paths in place.
std::vector<std::string> argument_list(const vmm::LaunchPlan& plan, std::span<const base::UniqueFd> files);

}  // namespace vmcred::runner
