// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// Connects to who listens at this path; SOCK_CLOEXEC is added to the type. A vmm error says why it can't.
base::Result<base::UniqueFd> connect_locally(const std::string& path, int type = SOCK_STREAM);

}  // namespace vmcred::runner
