// SPDX-License-Identifier: Apache-2.0
// The commands of vmcred-guest: one table row and one function each.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "guest/arguments.h"

namespace vmcred::guest {

// Where a command writes: the process's standard streams, or a test's files. Not owned.
struct Streams {
  int out;
  int error;
};

struct Command {
  std::string_view name;
  std::string_view operand_label;  // "" for none
  std::string_view summary;
  std::span<const Option> options;
  base::Result<void> (*handler)(const Arguments& arguments, const Streams& streams);
};

// In the order of the help text.
std::span<const Command> commands();

// The handlers, one file each. On failure the error's kind gives the exit code (guest/exit_code.h).
base::Result<void> run_list(const Arguments& arguments, const Streams& streams);
base::Result<void> run_cat(const Arguments& arguments, const Streams& streams);
base::Result<void> run_verify(const Arguments& arguments, const Streams& streams);
base::Result<void> run_report(const Arguments& arguments, const Streams& streams);
base::Result<void> run_import(const Arguments& arguments, const Streams& streams);

}  // namespace vmcred::guest
