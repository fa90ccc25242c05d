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

// What /proc/PID/fd and maps show for a memory file: what it is for, not whose secret it is.
inline constexpr const char* k_file_name = "vmcred";

// The plan's files filled with the set's values: sealed memory files, in the plan's order, that stay open
// across exec. The set must be the one that the plan was made for.
base::Result<std::vector<base::UniqueFd>> make_transport_files(const vmm::LaunchPlan& plan,
                                                               const credential::CredentialSet& set);

// By which the VMM opens a descriptor that it inherits.
std::string descriptor_path(const base::UniqueFd& file);

// The plan's argv, its own name first, with the numbers and paths of what the VMM inherits in place.
std::vector<std::string> argument_list(const vmm::LaunchPlan& plan, std::span<const base::UniqueFd> files,
                                       std::span<const base::UniqueFd> descriptors);

}  // namespace vmcred::runner
