// SPDX-License-Identifier: Apache-2.0
// print_commands PROGRAM: the chapter COMMANDS of the program's man page, in Markdown, from its table. Only
// the build uses it.
#include <iostream>
#include <string>

#include "cli/commands.h"
#include "command/exit_code.h"
#include "guest/commands.h"

namespace {

using vmcred::command::Command;
using vmcred::command::Option;
using vmcred::command::Program;

// Markdown would take these for its own.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("*_`<>[]\\|").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

void print_option(const Option& option) {
  std::cout << "`";
  if (!option.short_name.empty()) std::cout << option.short_name << "`, `";
  std::cout << option.name << "`";
  if (!option.value_label.empty()) std::cout << " *" << option.value_label << "*";
  std::cout << "\n: " << escaped(option.summary) << "\n\n";
}

void print_command(const Program& program, const Command& command) {
  std::cout << "**" << program.name << " " << command.name << "** " << escaped(command.operand_label)
            << "\n\n"
            << escaped(command.summary) << ".\n\n";
  for (const auto& option : command.options) print_option(option);
}

void print_program(const Program& program) {
  std::cout << "# COMMANDS\n\n";
  for (const auto& group : program.groups) {
    if (!group.title.empty()) std::cout << "## " << group.title << "\n\n";
    for (const auto& command : group.commands) print_command(program, command);
  }
  std::cout << "# EXIT STATUS\n\n```\n" << vmcred::command::exit_code_help() << "```\n\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc == 2 ? argv[1] : "";
  for (const Program* program : {&vmcred::cli::program(), &vmcred::guest::program()}) {
    if (program->name != wanted) continue;
    print_program(*program);
    return 0;
  }
  std::cerr << "usage: print_commands vmcred|vmcred-guest\n";
  return 2;
}
