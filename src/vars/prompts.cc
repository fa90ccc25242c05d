// SPDX-License-Identifier: Apache-2.0
#include "vars/prompts.h"

#include "base/text.h"

namespace vmcred::vars {

std::string text_of(const Question& question) {
  using base::concat;
  using base::quoted;
  const store::Placement& placement = question.generator.placement;
  const std::string place = placement.kind == store::Placement::Kind::per_machine
                                ? concat("machine ", quoted(placement.name), ", ")
                                : std::string();
  return concat(place, "generator ", quoted(question.generator.generator), ", prompt ",
                quoted(question.prompt->name));
}

base::Result<secret::SecretBuffer> NoPrompts::ask(const Question& question) {
  return base::Error{.kind = base::ErrorKind::credential,
                     .what = base::concat(text_of(question), ": there is no terminal to ask at"),
                     .hint = "give the answers in a file with --answers FILE"};
}

}  // namespace vmcred::vars
