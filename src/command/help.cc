// SPDX-License-Identifier: Apache-2.0
#include "command/help.h"

#include "base/text.h"
#include "command/exit_code.h"

namespace vmcred::command {
namespace {

std::string with_label(std::string_view name, std::string_view label) {
  return base::concat(name, label.empty() ? "" : " ", label);
}

// Two columns, the second one aligned.
std::string aligned(std::string_view left, std::string_view right) {
  constexpr std::size_t k_column = 22;
  const std::size_t gap = left.size() < k_column ? k_column - left.size() : 1;
  return base::concat("  ", left, std::string(gap, ' '), right, "\n");
}

}  // namespace

std::string program_help(const Program& program) {
  std::string text =
      base::concat(program.summary, "\n\nUsage: ", program.name, " COMMAND [OPTION...]\n\nCommands:\n");
  for (const auto& command : program.commands)
    text += aligned(with_label(command.name, command.operand_label), command.summary);
  text += "\nOptions:\n";
  text += aligned("--help", "show this text, or that of a command");
  text += aligned("--version", "show the version");
  return base::concat(text, "\nExit codes:\n", exit_code_help());
}

std::string command_help(const Program& program, const Command& command) {
  std::string text = base::concat(command.summary, ".\n\nUsage: ", program.name, " ",
                                  with_label(command.name, command.operand_label),
                                  command.options.empty() ? "\n" : " [OPTION...]\n\nOptions:\n");
  for (const auto& option : command.options)
    text += aligned(with_label(option.name, option.value_label), option.summary);
  return text;
}

}  // namespace vmcred::command
