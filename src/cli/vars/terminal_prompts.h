// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/terminal.h"
#include "vars/prompts.h"

namespace vmcred::cli {

// Asks generators' prompts at the terminal: hidden ones without an echo and twice; where an answer is kept
// from before, an empty one keeps it.
class TerminalPrompts final : public vars::PromptSource {
 public:
  explicit TerminalPrompts(Terminal terminal) : m_terminal(std::move(terminal)) {}

  base::Result<secret::SecretBuffer> ask(const vars::Question& question) override;

 private:
  base::Result<secret::SecretBuffer> read(const vars::Question& question, std::string_view label) const;

  Terminal m_terminal;
};

}  // namespace vmcred::cli
