// SPDX-License-Identifier: Apache-2.0
// A program as a table of commands: parsing, help and error texts all come from it.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "command/arguments.h"

namespace vmcred::command {

// Where a command writes: the process's standard streams, or a test's files. Not owned.
struct Streams {
  int out;
  int error;
};

struct Command {
  std::string_view name;           // one or two words: "list", "vm run"
  std::string_view operand_label;  // "" for none
  std::string_view summary;
  std::span<const Option> options;
  base::Result<void> (*handler)(const Arguments& arguments, const Streams& streams);
};

struct Program {
  std::string_view name;
  std::string_view summary;
  std::span<const Command> commands;  // in the order of the help text
};

// Runs what the words after the program's name ask for. Errors go to streams.error as "NAME: error: …" and
// "NAME: hint: …". Returns the exit code (command/exit_code.h).
int run(const Program& program, std::span<const std::string_view> words, const Streams& streams);

}  // namespace vmcred::command
