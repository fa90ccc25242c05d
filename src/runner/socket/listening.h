// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::runner {

// Does somebody listen at this Unix socket? A socket has its name before it listens. Connecting would tell,
// but a program that serves one VMM takes the first who does for it.
bool is_listening(const std::string& path);

// "virtiofsd ended (exit code 1)", for a status of waitpid(2).
std::string how_it_ended(std::string_view name, int status);

// Waits some seconds until a child, the program of this name, listens at its socket. A host error says that
// it ended before, or took too long.
base::Result<void> wait_until_it_listens(pid_t program, const std::string& socket, std::string_view name);

}  // namespace vmcred::runner
