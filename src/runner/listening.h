// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::runner {

// Does somebody listen at this Unix socket? A socket has its name before it listens. Connecting would tell,
// but a program that serves one VMM takes the first who does for it.
bool is_listening(const std::string& path);

}  // namespace vmcred::runner
