// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_ui.h"

#include <unistd.h>

#include "base/text.h"
#include "cli/terminal.h"
#include "command/output.h"

namespace vmcred::cli {
namespace {

using base::concat;

// Who says it, and what, without anything that a terminal obeys.
std::string said(std::string_view plugin, std::string_view message) {
  return concat("age-plugin-", plugin, ": ", command::shown_name(message));
}

}  // namespace

bool TerminalPluginUi::show(std::string_view plugin, std::string_view message) const {
  command::print_note({.out = STDOUT_FILENO, .error = STDERR_FILENO}, concat(said(plugin, message), "\n"));
  return true;
}

std::optional<bool> TerminalPluginUi::confirm(std::string_view plugin, std::string_view message,
                                              std::string_view yes, std::string_view no) const {
  const auto terminal = Terminal::open();
  if (!terminal) return std::nullopt;
  std::string question = concat(said(plugin, message), " (", command::shown_name(yes));
  if (!no.empty()) question += concat(", else ", command::shown_name(no));
  const auto answer = terminal->confirm(question + ")");
  if (!answer) return std::nullopt;
  return *answer;
}

std::optional<secret::SecretBuffer> TerminalPluginUi::ask(std::string_view plugin, std::string_view message,
                                                          Echo echo) const {
  const auto terminal = Terminal::open();
  if (!terminal) return std::nullopt;
  auto line = terminal->read_line(concat(said(plugin, message), ": "),
                                  echo == Echo::shown ? Terminal::Echo::yes : Terminal::Echo::no);
  if (!line) return std::nullopt;
  return *std::move(line);
}

}  // namespace vmcred::cli
