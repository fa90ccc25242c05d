// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

namespace vmcred::secret {

// Call it before the first secret is read. No core dump of this process or of a program that it becomes, no
// debugger, files private by default.
base::Result<void> protect_process();

}  // namespace vmcred::secret
