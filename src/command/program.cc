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

std::size_t word_count(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count(name, ' ')) + 1;
}

std::string joined(Words words) {
  std::string text;
  for (const auto word : words) text += text.empty() ? std::string(word) : concat(" ", word);
  return text;
}

bool is_noun(const Program& program, Words words) {
  const std::string beginning = concat(joined(words), " ");
  return std::ranges::any_of(commands_of(program),
                             [&](const Command* command) { return command->name.starts_with(beginning); });
}

// How many of the words are nouns of this program: "vars users ad" has two.
std::size_t noun_count(const Program& program, Words words) {
  std::size_t count = 0;
  while (count < words.size() && is_noun(program, words.first(count + 1))) ++count;
  return count;
}

Error unknown_command(const Program& program, Words words) {
  std::vector<std::string> known;
  for (const Command* command : commands_of(program)) known.emplace_back(command->name);
  const std::string hint = concat("'", program.name, " --help' lists the commands");
  const std::size_t nouns = noun_count(program, words);
  if (nouns == words.size())
    return {.kind = ErrorKind::usage, .what = concat(quoted(joined(words)), " needs a verb"), .hint = hint};
  const std::string typed = joined(words.first(nouns + 1));
  const std::string meant = nouns == 0 && words.size() > 1 ? joined(words.first(2)) : typed;
  return {.kind = ErrorKind::usage,
          .what = concat("unknown command ", quoted(typed), base::did_you_mean(meant, known)),
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

  const Command* command = find_command(program, words);
  if (command == nullptr) return unknown_command(program, words);
  const Words rest = words.subspan(word_count(command->name));
  if (asks_for_help(rest)) return print(streams, command_help(program, *command));
  auto arguments = Arguments::parse(rest, command->options, command->operand_label);
  if (!arguments)
    return base::in(command->name, std::move(arguments))
        .with_hint(concat("'", program.name, " ", command->name, " --help' shows what it takes"));
  return command->handler(*arguments, streams);
}

int exit_status_for(const Program& program, Words words, const Error& error) {
  const Command* command = find_command(program, words);
  if (command != nullptr && command->exit_status != nullptr) return command->exit_status(error);
  return static_cast<int>(exit_code_for(error.kind));
}

}  // namespace

std::vector<const Command*> commands_of(const Program& program) {
  std::vector<const Command*> commands;
  for (const Group& group : program.groups)
    for (const Command& command : group.commands) commands.push_back(&command);
  return commands;
}

const Command* find_command(const Program& program, Words words) {
  const Command* found = nullptr;
  for (const Command* command : commands_of(program)) {
    const std::size_t count = word_count(command->name);
    if (words.size() < count || command->name != joined(words.first(count))) continue;
    if (found == nullptr || word_count(found->name) < count) found = command;
  }
  return found;
}

int run(const Program& program, Words words, const Streams& streams) {
  const auto done = run_command(program, words, streams);
  if (done) return static_cast<int>(ExitCode::ok);
  print_error(program.name, streams, done.error());
  return exit_status_for(program, words, done.error());
}

}  // namespace vmcred::command
