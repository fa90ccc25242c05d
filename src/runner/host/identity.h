// SPDX-License-Identifier: Apache-2.0
// The system user that a VM runs as.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::runner {

struct Identity {
  std::string name;
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;  // supplementary ones, such as kvm
};

// Looks the VM's user up. Fails with a host error, and the command that makes it, when there is none; and
// with a refused error when it is root.
base::Result<Identity> find_identity(const config::VirtualMachine& vm);

// Turns this process into that user for good: groups, gid and uid in all their forms, no capability in any
// set, and no way to gain one. Call it as root. After a failure the process must not go on.
base::Result<void> become(const Identity& identity);

}  // namespace vmcred::runner
