// SPDX-License-Identifier: Apache-2.0
// The interfaces of a VM on its host: made before it starts, gone when it has ended. Call both as root.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::network {

// Makes the VM's tap and macvtap interfaces, for `owner` alone; taps with this number of queues. Each is
// marked as this VM's. One of the name that is there already is made anew where an earlier start of this VM
// made it; anything else of that name is a host error, and is never touched. After a failure none of this
// VM's is left.
base::Result<void> bring_up(const config::VirtualMachine& vm, unsigned queues, uid_t owner);

// Removes all that are marked as this VM's, also those that the config has no longer.
base::Result<void> take_down(const config::VirtualMachine& vm);

}  // namespace vmcred::network
