// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace vmcred::guest {

// For PID 1 that can't go on: says why on the console, or in the kernel's log where there is no console, and
// restarts the machine. A hypervisor that ends at a restart tells the host by that.
[[noreturn]] void end_machine(const base::Error& error);

}  // namespace vmcred::guest
