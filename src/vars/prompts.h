// SPDX-License-Identifier: Apache-2.0
// What a person, or a file in a person's place, is asked before generators run.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "secret/buffer.h"
#include "store/var.h"

namespace vmcred::vars {

struct Question {
  store::GeneratorId generator;
  const config::Prompt* prompt = nullptr;
  const secret::SecretBuffer* previous = nullptr;  // the answer that is kept so far; null: none
};

// "machine 'web', generator 'wifi', prompt 'password'".
std::string text_of(const Question& question);

class PromptSource {
 public:
  virtual ~PromptSource() = default;

  // The answer, without a newline at its end. An error ends the run before anything has changed.
  virtual base::Result<secret::SecretBuffer> ask(const Question& question) = 0;
};

// Where nobody can be asked: each question is an error that names --answers.
class NoPrompts final : public PromptSource {
 public:
  base::Result<secret::SecretBuffer> ask(const Question& question) override;
};

}  // namespace vmcred::vars
