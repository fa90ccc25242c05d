// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <unistd.h>

#include "guest/commands.h"

int main(int argc, char** argv) {
  ::prctl(PR_SET_DUMPABLE, 0);  // a crash must not write credentials to a disk
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return vmcred::command::run(vmcred::guest::program(), words,
                              {.out = STDOUT_FILENO, .error = STDERR_FILENO});
}
