// SPDX-License-Identifier: Apache-2.0
// A terminal for a VMM that insists on one as its standard input, although nobody types: as a service it
// would get /dev/null, and refuse to start.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

// Copies what is written to a terminal to an output.
class TerminalCopy {
 public:
  // `master` must not block. `vmm` is the process whose end is the end of it all.
  TerminalCopy(base::UniqueFd master, base::UniqueFd output, base::UniqueFd vmm);

  // Returns when the terminal has no user left, or the VMM has ended, and all that they wrote is copied.
  // Waits for a slow reader of the output, as they then do. Where the output has no reader any more, it goes
  // on without: a VMM doesn't stop because nobody listens.
  void run();

 private:
  enum class Progress { copied, nothing_there, over };

  Progress copy_some();

  base::UniqueFd m_master;
  base::UniqueFd m_output;
  base::UniqueFd m_vmm;
  bool m_has_reader = true;
};

// Makes a new terminal the standard input and output of this process, unless its standard input is one, and
// starts a process beside it that copies what is written there to what was the standard output. The terminal
// changes no byte. Call it as the VM's user.
base::Result<void> ensure_terminal();

}  // namespace vmcred::runner
