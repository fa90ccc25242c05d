// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/last_words.h"

#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {

void end_vmm(const base::UniqueFd& vmm, const std::string& vm_name, base::Error error) {
  error = std::move(error).in(base::concat("vm ", base::quoted(vm_name)));
  const std::string text =
      base::concat("vmcred: error: ", base::escaped(error.what), "\n",
                   error.hint.empty() ? "" : base::concat("vmcred: hint: ", base::escaped(error.hint), "\n"));
  // Whether or not anybody reads it.
  static_cast<void>(base::write_all(STDERR_FILENO, std::as_bytes(std::span(text)), "standard error"));
  ::syscall(SYS_pidfd_send_signal, vmm.get(), SIGKILL, nullptr, 0);
}

}  // namespace vmcred::runner
