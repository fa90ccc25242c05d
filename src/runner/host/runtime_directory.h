// SPDX-License-Identifier: Apache-2.0
// Where a running VM's sockets are. Whoever can enter it controls the guest, so it is 0700 and the VM's
// user's.
#pragma once

#include <string>

#include "base/result.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// The place for this VM: $VMCRED_RUNTIME_DIR/NAME, else /run/vmcred/NAME for root, else
// $XDG_RUNTIME_DIR/vmcred/NAME. Under a unit with RuntimeDirectory= the runner uses $RUNTIME_DIRECTORY
// itself.
base::Result<std::string> runtime_directory(const std::string& vm_name);

// Where is kept what holds for all VMs of this host: the directory above the VMs' own ones, or under a unit
// the unit's.
base::Result<std::string> shared_runtime_directory();

// Makes a VM's directory for `identity`, or checks the one that is there: a directory, no link, of that
// owner, closed to others.
base::Result<void> make_runtime_directory(const std::string& path, const Identity& identity);

}  // namespace vmcred::runner
