// SPDX-License-Identifier: Apache-2.0
// Answers to prompts from a file, for where nobody sits at a terminal. docs/formats/answers.md has the form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vars/declared.h"
#include "vars/prompts.h"

namespace vmcred::vars {

struct GivenAnswer {
  store::GeneratorId generator;
  std::string prompt;
  secret::SecretBuffer value;
  std::size_t line;
};

// Fails with a config error "SUBJECT:LINE: sentence", which repeats nothing of the line.
base::Result<std::vector<GivenAnswer>> parse_answers(std::span<const std::byte> text,
                                                     std::string_view subject);

class AnswersFile final : public PromptSource {
 public:
  // Reads the file into locked memory. Fails with a `refused` error unless it is a regular file of ours or
  // root's that nobody else may open.
  static base::Result<AnswersFile> open(const std::string& path);

  // Does it answer prompts only that are declared? A config error for each that is not.
  base::Result<void> check(const Declared& declared) const;

  // Fails with a credential error that names the section and key to add. May be asked for the same more than
  // once.
  base::Result<secret::SecretBuffer> ask(const Question& question) override;

 private:
  AnswersFile(std::string path, std::vector<GivenAnswer> answers)
      : m_path(std::move(path)), m_answers(std::move(answers)) {}

  std::string m_path;
  std::vector<GivenAnswer> m_answers;
};

}  // namespace vmcred::vars
