// SPDX-License-Identifier: Apache-2.0
// Processes beside a VMM. The runner starts them before it holds a secret, and the kernel ends them with the
// VMM.
#pragma once

#include <sys/types.h>
#include <functional>
#include <optional>

#include "base/result.h"
#include "runner/identity.h"

namespace vmcred::runner {

// What a companion does for as long as the VMM runs.
using CompanionWork = std::function<void()>;

// Forks a process that becomes `identity` (or stays who we are), keeps no descriptor of ours but standard
// error, and is killed when the process that calls this ends, whatever that has become by exec. There it
// calls `prepare`, whose failure is ours, and then the work. Returns its number once the work begins, or
// `prepare` has become another program.
base::Result<pid_t> start_companion(const std::optional<Identity>& identity,
                                    const std::function<base::Result<CompanionWork>()>& prepare);

}  // namespace vmcred::runner
