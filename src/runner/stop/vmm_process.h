// SPDX-License-Identifier: Apache-2.0
// Which process a VM is, whatever its hypervisor: the one that holds the lock on vmm.lock in its runtime
// directory. A record lock (fcntl(2)) stays with the process through exec and goes with it, so it can neither
// be left behind nor be passed on.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// Makes this process the VM's: whoever starts it again is refused. The descriptor must stay open, across exec
// too, and no other for this file may ever be closed by this process. Fails with a vmm error where the VM
// runs already, and with a refused one where something else than its user's own file is there.
base::Result<base::UniqueFd> claim_vm(const std::string& runtime_directory, config::Hypervisor hypervisor,
                                      const Identity& owner);

// Keeps the VM from being started as long as the descriptor is open. None where it runs, or was never started
// here. Like claim_vm's it must be the only one.
base::UniqueFd keep_stopped(const std::string& runtime_directory);

struct VmmProcess {
  pid_t number;
  base::UniqueFd handle;  // for waiting and for killing: stable even when the number is used again
  std::optional<config::Hypervisor> hypervisor;  // what it was started as, if the file says so
};

// The process of a VM that runs, or is being started; none where it does not. A vmm error where we may not
// look.
base::Result<std::optional<VmmProcess>> find_vmm(const std::string& runtime_directory);

// The same; a vmm error says that the VM does not run.
base::Result<VmmProcess> running_vmm(const std::string& runtime_directory);

}  // namespace vmcred::runner
