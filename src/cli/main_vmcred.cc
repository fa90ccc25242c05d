// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <vector>

#include "cli/commands.h"

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return vmcred::command::run(vmcred::cli::program(), words, {.out = STDOUT_FILENO, .error = STDERR_FILENO});
}
