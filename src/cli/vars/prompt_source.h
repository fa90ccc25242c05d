// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/result.h"
#include "cli/vars/session.h"
#include "command/arguments.h"
#include "vars/prompts.h"

namespace vmcred::cli {

// Where generators' prompts are answered: the file of --answers, else the terminal, else nowhere.
base::Result<std::unique_ptr<vars::PromptSource>> open_prompt_source(const Session& session,
                                                                     const command::Arguments& arguments);

inline constexpr command::Option k_answers_option{
    "--answers", "FILE", "answers to the generators' prompts, in place of a terminal"};

}  // namespace vmcred::cli
