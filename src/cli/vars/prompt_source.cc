// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/prompt_source.h"

#include "cli/vars/terminal_prompts.h"
#include "vars/answers.h"

namespace vmcred::cli {

using base::Result;
using vars::PromptSource;

Result<std::unique_ptr<PromptSource>> open_prompt_source(const Session& session,
                                                         const command::Arguments& arguments) {
  if (const auto path = arguments.value(k_answers_option.name)) {
    VMCRED_TRY_ASSIGN(vars::AnswersFile answers, vars::AnswersFile::open(*path));
    VMCRED_TRY(answers.check(session.declared()));
    return std::unique_ptr<PromptSource>(std::make_unique<vars::AnswersFile>(std::move(answers)));
  }
  auto terminal = Terminal::open();
  if (!terminal) return std::unique_ptr<PromptSource>(std::make_unique<vars::NoPrompts>());
  return std::unique_ptr<PromptSource>(std::make_unique<TerminalPrompts>(*std::move(terminal)));
}

}  // namespace vmcred::cli
