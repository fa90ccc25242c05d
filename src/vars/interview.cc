// SPDX-License-Identifier: Apache-2.0
#include "vars/interview.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using config::Prompt;
using secret::SecretBuffer;

constexpr int k_attempts = 3;

Console::Show show_of(Prompt::Type type) {
  return type == Prompt::Type::hidden || type == Prompt::Type::multiline_hidden ? Console::Show::no
                                                                                : Console::Show::yes;
}

Console::Length length_of(Prompt::Type type) {
  return type == Prompt::Type::multiline || type == Prompt::Type::multiline_hidden
             ? Console::Length::until_end
             : Console::Length::line;
}

// An arrow key that went into the answer, for example.
bool has_control_character(std::span<const std::byte> answer) {
  return std::ranges::any_of(answer, [](std::byte byte) {
    return (byte < std::byte{0x20} && byte != std::byte{'\n'} && byte != std::byte{'\t'}) ||
           byte == std::byte{0x7f};
  });
}

// Without the newline that stands in front of Ctrl-D.
Result<SecretBuffer> read(Console& console, std::string_view label, Console::Show show,
                          Console::Length length) {
  const bool to_end = length == Console::Length::until_end;
  VMCRED_TRY_ASSIGN(SecretBuffer answer,
                    console.read(concat(label, to_end ? " (end with Ctrl-D)" : "", ": "), show, length));
  if (to_end && !answer.empty() && answer.bytes().back() == std::byte{'\n'})
    answer.truncate(answer.size() - 1);
  return answer;
}

Error unfit(std::string_view reason) { return {.kind = ErrorKind::usage, .what = std::string(reason)}; }

}  // namespace

// A `usage` error is a reason to ask again.
Result<SecretBuffer> Interview::ask_once(const Question& question) {
  const Prompt& prompt = *question.prompt;
  const auto show = show_of(prompt.type);
  const auto length = length_of(prompt.type);
  const std::string keep = question.previous == nullptr ? "" : " (Enter alone keeps what there is)";
  const std::string& label = prompt.display.label.empty() ? prompt.description : prompt.display.label;
  VMCRED_TRY_ASSIGN(SecretBuffer answer, read(m_console, concat(label, keep), show, length));
  if (answer.empty()) {
    if (question.previous != nullptr) return SecretBuffer::copy_of(question.previous->bytes());
    if (prompt.display.required) return unfit("an answer is needed");
    return answer;
  }
  if (has_control_character(answer.bytes())) return unfit("the answer holds control characters");
  if (show == Console::Show::yes) return answer;
  VMCRED_TRY_ASSIGN(const SecretBuffer again, read(m_console, concat(label, ", again"), show, length));
  if (!answer.equals(again.bytes())) return unfit("the two answers differ");
  return answer;
}

Result<SecretBuffer> Interview::ask(const Question& question) {
  m_console.tell(text_of(question));
  if (!question.prompt->display.helper_text.empty()) m_console.tell(question.prompt->display.helper_text);
  for (int attempt = 1;; ++attempt) {
    auto answer = ask_once(question);
    if (answer || answer.error().kind != ErrorKind::usage) return answer;
    if (attempt == k_attempts) return base::in(text_of(question), std::move(answer));
    m_console.tell(concat(answer.error().what, ", once more"));
  }
}

}  // namespace vmcred::vars
