// SPDX-License-Identifier: Apache-2.0
// A program as a table of commands: parsing, help and error texts all come from it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "command/arguments.h"

namespace vmcred::command {

// Where a command writes: the process's standard streams, or a test's files. Not owned.
struct Streams {
  int out;
  int error;
};

struct Command {
  std::string_view name;           // one to three words: "list", "vm run", "vars users add"
  std::string_view operand_label;  // as Arguments::parse() takes it
  std::string_view summary;
  std::span<const Option> options;
  base::Result<void> (*handler)(const Arguments& arguments, const Streams& streams);
  // The exit code for an error, where it is not ours but that of a program that this command stands in for.
  int (*exit_status)(const base::Error& error) = nullptr;
};

// Commands that belong together, under a title in the help text ("" for none).
struct Group {
  std::string_view title;
  std::span<const Command> commands;
};

struct Program {
  std::string_view name;
  std::string_view summary;
  std::span<const Group> groups;  // in the order of the help text
};

// All commands of all groups, in order.
std::vector<const Command*> commands_of(const Program& program);

// The command whose name the words begin with, the longest one, or nullptr.
const Command* find_command(const Program& program, std::span<const std::string_view> words);

// Runs what the words after the program's name ask for. Errors go to streams.error as "NAME: error: …" and
// "NAME: hint: …". Returns the exit code (command/exit_code.h).
int run(const Program& program, std::span<const std::string_view> words, const Streams& streams);

}  // namespace vmcred::command
