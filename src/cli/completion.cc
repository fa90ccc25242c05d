// SPDX-License-Identifier: Apache-2.0
// Completion of command lines: the shells' scripts, and what these ask for at each key press.
#include "command/completion.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion_scripts.h"
#include "command/output.h"
#include "config/load.h"

namespace vmcred::cli {
namespace {

constexpr std::array k_scripts{
    std::pair<std::string_view, std::string_view>{"bash", k_bash_completion},
    std::pair<std::string_view, std::string_view>{"zsh", k_zsh_completion},
    std::pair<std::string_view, std::string_view>{"fish", k_fish_completion},
};

constexpr std::array<std::string_view, 6> k_file_labels{"DIR", "FILE", "FOLDER", "INPUT", "OUTPUT", "OUT"};

// The value of --config among the words, "" for none: VM names come from the config that the command will
// read.
std::string typed_config(std::span<const std::string> words) {
  for (std::size_t i = 0; i + 2 < words.size(); ++i)
    if (words[i] == "--config") return words[i + 1];
  return {};
}

// Without a config that can be read there are no names, and no error: nobody has asked to see one.
std::string vm_lines(const std::string& config_option, std::string_view typed) {
  const auto path = config::find_config(config_option);
  if (!path) return {};
  const auto config = config::load_for_units(*path);
  if (!config) return {};
  std::string lines;
  for (const auto& vm : config->config.vms)
    if (vm.name.starts_with(typed)) lines += vm.name + "\n";
  return lines;
}

std::string shell_lines(std::string_view typed) {
  std::string lines;
  for (const auto& [shell, script] : k_scripts)
    if (shell.starts_with(typed)) lines += base::concat(shell, "\n");
  return lines;
}

std::string value_lines(std::string_view label, std::span<const std::string> words) {
  if (std::ranges::find(k_file_labels, label) != k_file_labels.end()) return ":file\n";
  if (label == "VM") return vm_lines(typed_config(words), words.back());
  if (label == "SHELL") return shell_lines(words.back());
  return {};
}

}  // namespace

base::Result<void> run_completion(const command::Arguments& arguments, const command::Streams& streams) {
  const std::string& wanted = arguments.operand();
  for (const auto& [shell, script] : k_scripts)
    if (shell == wanted) return command::print(streams, script);
  return base::Error{.kind = base::ErrorKind::usage,
                     .what = base::concat("no completion for ", base::quoted(wanted)),
                     .hint = "there are scripts for bash, zsh and fish"};
}

base::Result<void> run_complete(const command::Arguments& arguments, const command::Streams& streams) {
  const auto operands = arguments.operands();
  if (operands.empty()) return {};
  const std::vector<std::string_view> words(operands.begin(), operands.end());
  const command::Completion completion = command::complete(program(), words);
  std::string lines;
  for (const auto& candidate : completion.candidates)
    lines += base::concat(candidate.word, "\t", candidate.summary, "\n");
  return command::print(streams, lines + value_lines(completion.value, operands));
}

}  // namespace vmcred::cli
