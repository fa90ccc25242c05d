// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "config/model.h"

namespace vmcred::runner {

// May the VMM start helpers that gain privileges, like the one that brings an interface to a bridge?
enum class NewPrivileges { never, of_helpers };

// Before the first secret is read: no core dump of this process or of the VMM it becomes, no debugger, no
// inherited descriptor that survives exec, files private by default, no new privileges.
base::Result<void> harden_process(NewPrivileges new_privileges = NewPrivileges::never);

// Refuses when the kernel could write the VMM's memory to a swap device: its heap, the memory files and the
// guest's RAM all hold the secrets. Compressed RAM (zram) and a control group without swap are fine.
base::Result<void> check_swap(const config::VirtualMachine& vm);

}  // namespace vmcred::runner
