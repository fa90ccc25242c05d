// SPDX-License-Identifier: Apache-2.0
// All questions of a run, asked before its first generator.
#pragma once

#include <map>
#include <span>
#include <string>

#include "vars/run.h"

namespace vmcred::vars {

// By generator, which includes its machine, and prompt.
using Answers = std::map<store::GeneratorId, std::map<std::string, secret::SecretBuffer>>;

// An answer that is kept in the store is taken from there unless `ask_again`. Fails where an answer is empty
// though its prompt is required.
base::Result<Answers> gather_answers(const Workshop& workshop, std::span<const Step> steps, bool ask_again,
                                     PromptSource& prompts);

}  // namespace vmcred::vars
