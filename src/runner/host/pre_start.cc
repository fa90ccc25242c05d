// SPDX-License-Identifier: Apache-2.0
#include "runner/host/pre_start.h"

#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/handover/replace_process.h"

namespace vmcred::runner {

using base::Result;

Result<void> run_pre_start(const config::VirtualMachine& vm, const std::optional<Identity>& identity) {
  if (vm.pre_start.empty()) return {};
  return do_as(identity, [&]() -> Result<void> {
    VMCRED_TRY_ASSIGN(
        const pid_t program,
        base::start_program({.words = vm.pre_start, .environment = clean_environment()},
                            {.input = STDIN_FILENO, .output = STDERR_FILENO, .errors = STDERR_FILENO}));
    VMCRED_TRY_ASSIGN(const int exit_code, base::wait_for_program(program, vm.pre_start.front()));
    if (exit_code == 0) return {};
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat("'pre_start' failed: ", vm.pre_start.front(),
                                            " ended with exit code ", exit_code),
                       .hint = "what it said about that stands above, if anything"};
  });
}

}  // namespace vmcred::runner
