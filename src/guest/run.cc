// SPDX-License-Identifier: Apache-2.0
#include "guest/run.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "guest/exit_code.h"
#include "guest/output.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

// Two columns, the second one aligned.
std::string aligned(std::string_view left, std::string_view right) {
  constexpr std::size_t k_column = 20;
  const std::size_t gap = left.size() < k_column ? k_column - left.size() : 1;
  return base::concat("  ", left, std::string(gap, ' '), right, "\n");
}

std::string program_help() {
  std::string text =
      "The credentials that the host gave to this guest.\n\n"
      "Usage: vmcred-guest COMMAND [OPTION...]\n\n"
      "Commands:\n";
  for (const auto& command : commands()) {
    const bool bare = command.operand_label.empty();
    text += aligned(base::concat(command.name, bare ? "" : " ", command.operand_label), command.summary);
  }
  text += "\nOptions:\n";
  text += aligned("--help", "show this text, or that of a command");
  text += aligned("--version", "show the version");
  return base::concat(text, "\nExit codes:\n", exit_code_help());
}

std::string command_help(const Command& command) {
  const bool bare = command.operand_label.empty();
  std::string text = base::concat(command.summary, ".\n\nUsage: vmcred-guest ", command.name, bare ? "" : " ",
                                  command.operand_label, " [OPTION...]\n\nOptions:\n");
  for (const auto& option : command.options) {
    const bool is_flag = option.value_label.empty();
    text += aligned(base::concat(option.name, is_flag ? "" : " ", option.value_label), option.summary);
  }
  return text;
}

Result<const Command*> find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  if (found != commands().end()) return &*found;
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  return Error{.kind = ErrorKind::usage,
               .what = base::concat("unknown command ", base::quoted(name), base::did_you_mean(name, names)),
               .hint = "'vmcred-guest --help' lists the commands"};
}

bool asks_for_help(std::span<const std::string_view> words) {
  const auto end = std::ranges::find(words, "--");
  return std::find(words.begin(), end, "--help") != end;
}

Result<void> run_command(std::span<const std::string_view> words, const Streams& streams) {
  if (words.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "a command is missing",
                 .hint = "'vmcred-guest --help' lists the commands"};
  if (words.front() == "--help") return print(streams, program_help());
  if (words.front() == "--version") return print(streams, "vmcred-guest " VMCRED_VERSION "\n");

  VMCRED_TRY_ASSIGN(const Command* command, find_command(words.front()));
  if (asks_for_help(words.subspan(1))) return print(streams, command_help(*command));
  auto arguments = Arguments::parse(words.subspan(1), command->options, command->operand_label);
  if (!arguments)
    return base::in(command->name, std::move(arguments))
        .with_hint(base::concat("'vmcred-guest ", command->name, " --help' shows what it takes"));
  return command->handler(*arguments, streams);
}

}  // namespace

int run(std::span<const std::string_view> words, const Streams& streams) {
  const auto done = run_command(words, streams);
  if (done) return static_cast<int>(ExitCode::ok);
  print_error(streams, done.error());
  return static_cast<int>(exit_code_for(done.error().kind));
}

}  // namespace vmcred::guest
