// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::runner {

// Removes every socket of a VM that does not run from its directory. What a VMM leaves there when it is
// killed keeps some from starting again.
void remove_sockets(const std::string& runtime_directory);

}  // namespace vmcred::runner
