// SPDX-License-Identifier: Apache-2.0
// QEMU's plan: by the firmware where that carries the set whole, else by the initrd.
#pragma once

#include "base/result.h"
#include "shim/rewrite.h"

namespace vmcred::shim {

// Plans for `result.set`, which has all that the unit and the words say. By the initrd, what QEMU would have
// read from files joins it. Fails with the errors of both ways where neither is open.
base::Result<void> plan_qemu(const Request& request, const StrippedLine& line, Rewritten& result);

}  // namespace vmcred::shim
