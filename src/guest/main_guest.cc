// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <unistd.h>
#include <string>

#include "guest/commands.h"
#include "guest/init.h"

int main(int argc, char** argv) {
  ::prctl(PR_SET_DUMPABLE, 0);  // a crash must not write credentials to a disk
  char** const words = argv + (argc > 0 ? 1 : 0);
  if (::getpid() == 1 && argc > 0 && vmcred::guest::is_started_as_init(argv[0]))
    vmcred::guest::run_as_init(std::vector<std::string>(words, argv + argc));
  return vmcred::command::run(vmcred::guest::program(), std::vector<std::string_view>(words, argv + argc),
                              {.out = STDOUT_FILENO, .error = STDERR_FILENO});
}
