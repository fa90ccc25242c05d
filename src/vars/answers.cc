// SPDX-License-Identifier: Apache-2.0
#include "vars/answers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "secret/read.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using secret::SecretBuffer;

constexpr std::size_t k_max_answers_bytes = std::size_t{4} * 1024 * 1024;

Result<void> refuse_open_file(int fd, const std::string& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return base::errno_error(path);
  if (!S_ISREG(status.st_mode))
    return Error{.kind = ErrorKind::refused, .what = concat(path, " is not a regular file")};
  if (status.st_uid != ::geteuid() && status.st_uid != 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat(path, " belongs to another user"),
                 .hint = concat("make it your own: 'chown ", ::geteuid(), " ", path, "'")};
  if ((status.st_mode & 077U) != 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat(path, " is open to other users"),
                 .hint = concat("close it: 'chmod 600 ", path, "'")};
  return {};
}

// "[machines.web.wifi]"
std::string section_of(const store::GeneratorId& generator) {
  const auto part = [](const std::string& name) {
    const bool bare = name.find('.') == std::string::npos;
    return bare ? name : concat("\"", name, "\"");
  };
  if (generator.placement.kind != store::Placement::Kind::per_machine)
    return concat("[shared.", part(generator.generator), "]");
  return concat("[machines.", part(generator.placement.name), ".", part(generator.generator), "]");
}

}  // namespace

Result<AnswersFile> AnswersFile::open(const std::string& path) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd file, base::open_file(path, O_RDONLY | O_NONBLOCK));
  VMCRED_TRY(refuse_open_file(file.get(), path));
  VMCRED_TRY_ASSIGN(const SecretBuffer text, secret::read_secret_file(file.get(), k_max_answers_bytes, path));
  VMCRED_TRY_ASSIGN(std::vector<GivenAnswer> answers, parse_answers(text.bytes(), path));
  return AnswersFile(path, std::move(answers));
}

Result<void> AnswersFile::check(const Declared& declared) const {
  std::vector<Error> findings;
  for (const GivenAnswer& answer : m_answers) {
    const Declaration* generator = declared.find(answer.generator);
    std::string sentence;
    if (generator == nullptr) {
      std::vector<std::string> sections;
      for (const Declaration& other : declared.generators()) sections.push_back(section_of(other.id));
      const std::string section = section_of(answer.generator);
      sentence = concat(section, " is no generator of the config", base::did_you_mean(section, sections));
    } else {
      std::vector<std::string> prompts;
      for (const config::Prompt& prompt : generator->definition->prompts) prompts.push_back(prompt.name);
      if (std::ranges::find(prompts, answer.prompt) != prompts.end()) continue;
      sentence = concat(section_of(answer.generator), " has no prompt ", quoted(answer.prompt),
                        base::did_you_mean(answer.prompt, prompts));
    }
    findings.push_back({.kind = ErrorKind::config, .what = concat(m_path, ":", answer.line, ": ", sentence)});
  }
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return {};
}

Result<SecretBuffer> AnswersFile::ask(const Question& question) {
  for (const GivenAnswer& answer : m_answers)
    if (answer.generator == question.generator && answer.prompt == question.prompt->name)
      return SecretBuffer::copy_of(answer.value.bytes());
  return Error{
      .kind = ErrorKind::credential,
      .what = concat(m_path, " has no answer for ", text_of(question)),
      .hint = concat("add it: ", section_of(question.generator), " ", question.prompt->name, " = \"…\"")};
}

}  // namespace vmcred::vars
