// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "runner/start.h"

namespace vmcred::runner {

// Becomes the VMM: hands it the credentials in sealed memory files, through its API where that is the way, or
// to the guest that asks for them, and replaces this process by it, with an environment of its own. Returns
// only on failure.
base::Error start(const PreparedStart& prepared);

}  // namespace vmcred::runner
