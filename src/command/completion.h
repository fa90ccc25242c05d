// SPDX-License-Identifier: Apache-2.0
// What may come next on a command line, from the program's table. A shell's completion script asks for it at
// each key press, so that it never knows less or more than the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "command/program.h"

namespace vmcred::command {

struct Candidate {
  std::string word;
  std::string summary;
};

struct Completion {
  std::vector<Candidate> candidates;  // words that begin with what is there of the last one
  std::string value;                  // else what is wanted, as the table labels it: "FILE", "VM", or ""
};

// `words` are those after the program's name up to the cursor; the last one is being typed and may be empty.
Completion complete(const Program& program, std::span<const std::string_view> words);

}  // namespace vmcred::command
