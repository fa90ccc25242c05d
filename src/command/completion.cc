// SPDX-License-Identifier: Apache-2.0
#include "command/completion.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::command {
namespace {

using Words = std::span<const std::string_view>;

void offer(Completion& completion, std::string_view typed, std::string_view word, std::string_view summary) {
  if (!word.starts_with(typed)) return;
  const auto same = [&](const Candidate& candidate) { return candidate.word == word; };
  if (std::ranges::none_of(completion.candidates, same))
    completion.candidates.push_back({std::string(word), std::string(summary)});
}

std::string joined_with_spaces(Words words) {
  std::string text;
  for (const auto word : words) text += base::concat(word, " ");
  return text;
}

// The next word of each command that begins with those in `done`. A noun that several share has no summary.
void offer_commands(Completion& completion, const Program& program, Words done, std::string_view typed) {
  const std::string beginning = joined_with_spaces(done);
  for (const Command* command : commands_of(program)) {
    if (!command->name.starts_with(beginning)) continue;
    const std::string_view rest = command->name.substr(beginning.size());
    const auto space = rest.find(' ');
    offer(completion, typed, rest.substr(0, space), space == std::string_view::npos ? command->summary : "");
  }
  if (!done.empty() || !typed.starts_with('-')) return;
  offer(completion, typed, "--help", "show all commands");
  offer(completion, typed, "--version", "show the version");
}

void offer_options(Completion& completion, const Command& command, std::string_view typed) {
  for (const Option& option : command.options) offer(completion, typed, option.name, option.summary);
  offer(completion, typed, "--help", "show what this command takes");
}

// The label of the operand at `index`: of "VM [FILE...]" "VM", and then "FILE" for ever.
std::string_view operand_label_at(std::string_view labels, std::size_t index) {
  while (!labels.empty()) {
    const auto space = labels.find(' ');
    const std::string_view label = labels.substr(0, space);
    if (index == 0 || label.find("...") != std::string_view::npos) {
      const auto begin = label.find_first_not_of('[');
      return label.substr(begin, label.find_first_of(".]") - begin);
    }
    --index;
    labels = space == std::string_view::npos ? std::string_view() : labels.substr(space + 1);
  }
  return {};
}

// What the words between a command and the one being typed have settled.
struct Given {
  const Option* waits_for_value = nullptr;
  bool options_ended = false;
  std::size_t operands = 0;
};

Given read_given(const Command& command, Words words) {
  Given given;
  for (const auto word : words) {
    if (given.waits_for_value != nullptr) {
      given.waits_for_value = nullptr;
    } else if (given.options_ended || !word.starts_with('-') || word == "-") {
      ++given.operands;
    } else if (word == "--") {
      given.options_ended = true;
    } else {
      const auto named = std::ranges::find_if(command.options, [&](const Option& option) {
        return option.name == word || (!option.short_name.empty() && option.short_name == word);
      });
      if (named != command.options.end() && !named->value_label.empty()) given.waits_for_value = &*named;
    }
  }
  return given;
}

void complete_command(Completion& completion, const Command& command, Words words, std::string_view typed) {
  const Given given = read_given(command, words);
  if (given.waits_for_value != nullptr) {
    completion.value = given.waits_for_value->value_label;
    return;
  }
  const std::string_view label = operand_label_at(command.operand_label, given.operands);
  if (!given.options_ended && (typed.starts_with('-') || label.empty()))
    offer_options(completion, command, typed);
  else
    completion.value = label;
}

}  // namespace

Completion complete(const Program& program, Words words) {
  Completion completion;
  if (words.empty()) return completion;
  const Words done = words.first(words.size() - 1);
  const std::string_view typed = words.back();
  offer_commands(completion, program, done, typed);
  if (!completion.candidates.empty()) return completion;
  if (const Command* command = find_command(program, done); command != nullptr) {
    const auto length = static_cast<std::size_t>(std::ranges::count(command->name, ' ')) + 1;
    complete_command(completion, *command, done.subspan(length), typed);
  }
  return completion;
}

}  // namespace vmcred::command
