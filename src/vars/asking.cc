// SPDX-License-Identifier: Apache-2.0
#include "vars/asking.h"

#include "base/text.h"
#include "config/kind.h"

namespace vmcred::vars {
namespace {

using base::Result;
using secret::SecretBuffer;

// The answer that is kept, if there is one.
Result<std::optional<SecretBuffer>> kept_answer(const Workshop& workshop, const Declaration& generator,
                                                const config::Prompt& prompt) {
  if (!prompt.persist) return std::optional<SecretBuffer>();
  const DeclaredVar var{&generator, config::find_file(*generator.definition, prompt.name)};
  if (!workshop.store.has(var.id(), var.visibility())) return std::optional<SecretBuffer>();
  VMCRED_TRY_ASSIGN(SecretBuffer value, workshop.store.read(var.id(), var.visibility()));
  return std::optional(std::move(value));
}

Result<SecretBuffer> answer(const Workshop& workshop, const Declaration& generator,
                            const config::Prompt& prompt, bool ask_again, PromptSource& prompts) {
  VMCRED_TRY_ASSIGN(std::optional<SecretBuffer> kept, kept_answer(workshop, generator, prompt));
  if (kept && !ask_again) return *std::move(kept);
  const Question question{.generator = generator.id, .prompt = &prompt, .previous = kept ? &*kept : nullptr};
  VMCRED_TRY_ASSIGN(SecretBuffer given, prompts.ask(question));
  if (given.empty() && prompt.display.required)
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = base::concat(text_of(question), ": the answer is empty"),
                       .hint = "set 'display.required = false' for the prompt if it may be empty"};
  return given;
}

}  // namespace

Result<Answers> gather_answers(const Workshop& workshop, std::span<const Step> steps, bool ask_again,
                               PromptSource& prompts) {
  Answers answers;
  for (const Step& step : steps) {
    const Declaration& generator = workshop.declared.generators()[step.generator];
    // Who only follows somebody else's change has nothing new to say.
    const bool again = ask_again && step.reason == Reason::requested;
    for (const config::Prompt& prompt : generator.definition->prompts) {
      VMCRED_TRY_ASSIGN(SecretBuffer given, answer(workshop, generator, prompt, again, prompts));
      answers[generator.id].emplace(prompt.name, std::move(given));
    }
  }
  return answers;
}

}  // namespace vmcred::vars
