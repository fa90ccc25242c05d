// SPDX-License-Identifier: Apache-2.0
// Prompts answered by whoever sits at a terminal: what is hidden is asked for twice, what is kept may be kept
// on.
#pragma once

#include <string_view>

#include "vars/prompts.h"

namespace vmcred::vars {

// What an interview needs of a terminal. The front end hands one in.
class Console {
 public:
  enum class Show { yes, no };
  enum class Length { line, until_end };

  virtual ~Console() = default;

  // Straight into locked memory, without a newline at the end of a line.
  virtual base::Result<secret::SecretBuffer> read(std::string_view prompt, Show show, Length length) = 0;
  virtual void tell(std::string_view text) = 0;
};

class Interview final : public PromptSource {
 public:
  // `console` must outlive this.
  explicit Interview(Console& console) : m_console(console) {}

  // Asks up to three times where the answers differ, or hold control characters, or none was given that is
  // required.
  base::Result<secret::SecretBuffer> ask(const Question& question) override;

 private:
  base::Result<secret::SecretBuffer> ask_once(const Question& question);

  Console& m_console;
};

}  // namespace vmcred::vars
