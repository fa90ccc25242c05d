// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/terminal_prompts.h"

#include "base/text.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;
using Type = config::Prompt::Type;

constexpr int k_attempts = 3;

bool is_hidden(Type type) { return type == Type::hidden || type == Type::multiline_hidden; }
bool has_lines(Type type) { return type == Type::multiline || type == Type::multiline_hidden; }

std::string label_of(const vars::Question& question) {
  const config::Prompt& prompt = *question.prompt;
  std::string label = vars::text_of(question);
  const std::string& shown = prompt.display.label.empty() ? prompt.description : prompt.display.label;
  if (shown != prompt.name) label += concat(": ", shown);
  if (!prompt.display.helper_text.empty()) label += concat(" (", prompt.display.helper_text, ")");
  if (has_lines(prompt.type)) label += " (end with ^D)";
  if (question.previous != nullptr) label += " (empty keeps it)";
  return label;
}

}  // namespace

Result<SecretBuffer> TerminalPrompts::read(const vars::Question& question, std::string_view label) const {
  const auto echo = is_hidden(question.prompt->type) ? Terminal::Echo::no : Terminal::Echo::yes;
  if (!has_lines(question.prompt->type)) return m_terminal.read_line(concat(label, ": "), echo);
  VMCRED_TRY_ASSIGN(SecretBuffer lines, m_terminal.read_lines(concat(label, ":\n"), echo));
  if (!lines.empty() && lines.bytes().back() == std::byte{'\n'}) lines.truncate(lines.size() - 1);
  return lines;
}

Result<SecretBuffer> TerminalPrompts::ask(const vars::Question& question) {
  for (int attempt = 0; attempt < k_attempts; ++attempt) {
    VMCRED_TRY_ASSIGN(SecretBuffer answer, read(question, label_of(question)));
    if (answer.empty() && question.previous != nullptr)
      return SecretBuffer::copy_of(question.previous->bytes());
    if (!is_hidden(question.prompt->type)) return answer;
    VMCRED_TRY_ASSIGN(const SecretBuffer again, read(question, "the same again"));
    if (answer.equals(again.bytes())) return answer;
  }
  return base::Error{
      .kind = base::ErrorKind::usage,
      .what = concat(vars::text_of(question), ": the answers differed, ", k_attempts, " times")};
}

}  // namespace vmcred::cli
