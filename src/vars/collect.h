// SPDX-License-Identifier: Apache-2.0
// Takes what a script has left, trusting none of it.
#pragma once

#include <span>

#include "vars/sandbox.h"

namespace vmcred::vars {

// Reads the files of these names from an open folder straight into locked memory. Follows no link, waits for
// no FIFO, reads nothing but regular files. Fails with a credential error that names the file; see
// run_script().
base::Result<ScriptResult> collect(int folder, std::span<const std::string> expected,
                                   std::span<const std::string> may_be_empty);

}  // namespace vmcred::vars
