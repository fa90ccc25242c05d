// SPDX-License-Identifier: Apache-2.0
// For tests: a program run in this process, and what it printed.
#pragma once

#include <sys/mman.h>
#include <string>
#include <string_view>
#include <vector>

#include "command/program.h"
#include "support/temporary_directory.h"

namespace vmcred::test_support {

// Two files in memory in the places of standard output and standard error.
class KeptStreams {
 public:
  command::Streams streams() const { return {.out = m_out.get(), .error = m_error.get()}; }
  std::string out() const { return read_descriptor(m_out.get()); }
  std::string error() const { return read_descriptor(m_error.get()); }

 private:
  base::UniqueFd m_out{::memfd_create("out", MFD_CLOEXEC)};
  base::UniqueFd m_error{::memfd_create("error", MFD_CLOEXEC)};
};

struct ProgramOutcome {
  int exit_code;
  std::string out;
  std::string error;
};

inline ProgramOutcome run_program(const command::Program& program,
                                  const std::vector<std::string_view>& words) {
  const KeptStreams kept;
  const int exit_code = command::run(program, words, kept.streams());
  return {.exit_code = exit_code, .out = kept.out(), .error = kept.error()};
}

}  // namespace vmcred::test_support
