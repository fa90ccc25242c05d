// SPDX-License-Identifier: Apache-2.0
// Other programs, started without a shell and with no descriptor of ours.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::base {

// Is it a regular file that we may execute?
bool is_program(const std::string& path);

// The first program of this name (no slash) in the absolute directories of $PATH; "" where there is none.
std::string find_on_path(std::string_view name);

// Runs a program to its end and gives its output, or nothing if it is not there, fails or goes on
// printing after 4 KiB. words[0] is looked up in $PATH unless it has a slash. `environment` as in
// ProgramCall.
std::optional<std::string> output_of(
    const std::vector<std::string>& words,
    const std::optional<std::vector<std::string>>& environment = std::nullopt);

// A program to run. `environment` ("NAME=value" each) replaces ours where it is given.
struct ProgramCall {
  std::vector<std::string> words;
  std::string_view input = {};
  std::optional<std::vector<std::string>> environment = std::nullopt;
};

struct ProgramOutcome {
  int exit_code;  // 128 and the signal's number where a signal ended it
  std::string output;
  std::string errors;
};

// Runs a program to its end; input and outputs of any size pass through memory files. No secret may be among
// them: memory files can be swapped out. Fails with a `host` error only where the program can't be started.
Result<ProgramOutcome> run_program(const ProgramCall& call);

// Replaces this process by a program, with our environment and streams. Returns only on failure.
Error become_program(const std::string& path, const std::vector<std::string>& words);

// Starts a program with these descriptors as its standard streams, which stay the caller's.
// wait_for_program() gives its exit code, as above.
struct ProgramStreams {
  int input;
  int output;
  int errors;
};
Result<pid_t> start_program(const ProgramCall& call, const ProgramStreams& streams);
Result<int> wait_for_program(pid_t program, std::string_view name);

}  // namespace vmcred::base
