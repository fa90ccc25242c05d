// SPDX-License-Identifier: Apache-2.0
// Which unit of systemd a process belongs to: cgroups(7), and systemd's "Control Group APIs and Delegation".
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::provider {

// From what /proc/PID/cgroup holds, for the process and for PID 1, whose own place is the root of all units:
// in a container without a cgroup name space it is not "/". Nothing where the process belongs to no unit.
// What a unit calls the groups below its own does not count.
std::optional<std::string> unit_of_cgroup(std::string_view process, std::string_view manager);

// The same for a process that runs. Fails with an io error where it is gone, and with a `refused` error where
// it belongs to no unit.
base::Result<std::string> unit_of_process(pid_t process);

}  // namespace vmcred::provider
