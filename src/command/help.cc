// SPDX-License-Identifier: Apache-2.0
#include "command/help.h"

#include "base/text.h"
#include "command/exit_code.h"

namespace vmcred::command {
namespace {

std::string with_label(std::string_view name, std::string_view label) {
  return base::concat(name, label.empty() ? "" : " ", label);
}

// Two columns, the second one aligned; a left side that is too long has a line of its own.
std::string aligned(std::string_view left, std::string_view right) {
  constexpr std::size_t k_column = 30;
  const std::string gap = left.size() < k_column ? std::string(k_column - left.size(), ' ')
                                                 : "\n" + std::string(k_column + 2, ' ');
  return base::concat("  ", left, gap, right, "\n");
}

std::string option_label(const Option& option) {
  const std::string name = with_label(option.name, option.value_label);
  return option.short_name.empty() ? name : base::concat(option.short_name, ", ", name);
}

}  // namespace

std::string program_help(const Program& program) {
  std::string text = base::concat(program.summary, "\n\nUsage: ", program.name, " COMMAND [OPTION...]\n");
  for (const auto& group : program.groups) {
    text += base::concat("\n", group.title.empty() ? "Commands" : group.title, ":\n");
    for (const auto& command : group.commands)
      text += aligned(with_label(command.name, command.operand_label), command.summary);
  }
  text += "\nOptions:\n";
  text += aligned("--help", "show this text, or that of a command");
  text += aligned("--version", "show the version");
  return base::concat(text, "\nExit codes:\n", exit_code_help());
}

std::string command_help(const Program& program, const Command& command) {
  std::string text = base::concat(command.summary, ".\n\nUsage: ", program.name, " ",
                                  with_label(command.name, command.operand_label),
                                  command.options.empty() ? "\n" : " [OPTION...]\n\nOptions:\n");
  for (const auto& option : command.options) text += aligned(option_label(option), option.summary);
  return text;
}

}  // namespace vmcred::command
