// SPDX-License-Identifier: Apache-2.0
#include "command/program.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "command/exit_code.h"
#include "command/help.h"
#include "command/output.h"

namespace vmcred::command {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using Words = std::span<const std::string_view>;

std::size_t word_count(std::string_view name) { return name.find(' ') == std::string_view::npos ? 1 : 2; }

bool names(const Command& command, Words words) {
  if (word_count(command.name) == 1) return command.name == words.front();
  return words.size() >= 2 && command.name == concat(words[0], " ", words[1]);
}

bool is_noun(const Program& program, std::string_view word) {
  return std::ranges::any_of(
      program.commands, [&](const Command& command) { return command.name.starts_with(concat(word, " ")); });
}

Error unknown_command(const Program& program, Words words) {
  std::vector<std::string> known;
  for (const auto& command : program.commands) known.emplace_back(command.name);
  const std::string hint = concat("'", program.name, " --help' lists the commands");
  if (is_noun(program, words.front()) && words.size() == 1)
    return {.kind = ErrorKind::usage, .what = concat(quoted(words.front()), " needs a verb"), .hint = hint};
  const std::string typed(words.size() == 1 ? words.front() : concat(words[0], " ", words[1]));
  return {.kind = ErrorKind::usage,
          .what = concat("unknown command ",
                         quoted(is_noun(program, words.front()) ? typed : std::string(words.front())),
                         base::did_you_mean(typed, known)),
          .hint = hint};
}

bool asks_for_help(Words words) {
  const auto end = std::ranges::find(words, "--");
  return std::find(words.begin(), end, "--help") != end;
}

Result<void> run_command(const Program& program, Words words, const Streams& streams) {
  if (words.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "a command is missing",
                 .hint = concat("'", program.name, " --help' lists the commands")};
  if (words.front() == "--help" || words.front() == "-h") return print(streams, program_help(program));
  if (words.front() == "--version") return print(streams, concat(program.name, " " VMCRED_VERSION "\n"));

  const auto command =
      std::ranges::find_if(program.commands, [&](const Command& row) { return names(row, words); });
  if (command == program.commands.end()) return unknown_command(program, words);
  const Words rest = words.subspan(word_count(command->name));
  if (asks_for_help(rest)) return print(streams, command_help(program, *command));
  auto arguments = Arguments::parse(rest, command->options, command->operand_label);
  if (!arguments)
    return base::in(command->name, std::move(arguments))
        .with_hint(concat("'", program.name, " ", command->name, " --help' shows what it takes"));
  return command->handler(*arguments, streams);
}

}  // namespace

int run(const Program& program, Words words, const Streams& streams) {
  const auto done = run_command(program, words, streams);
  if (done) return static_cast<int>(ExitCode::ok);
  print_error(program.name, streams, done.error());
  return static_cast<int>(exit_code_for(done.error().kind));
}

}  // namespace vmcred::command
