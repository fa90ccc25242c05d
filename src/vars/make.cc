// SPDX-License-Identifier: Apache-2.0
#include "vars/make.h"

#include <algorithm>

#include "base/text.h"
#include "config/kind.h"
#include "vars/kinds/kinds.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using config::Generator;
using config::GeneratorFile;
using secret::SecretBuffer;

const config::Prompt* persisted_prompt(const Generator& generator, std::string_view file) {
  const auto prompt = std::ranges::find(generator.prompts, file, &config::Prompt::name);
  return prompt == generator.prompts.end() || !prompt->persist ? nullptr : &*prompt;
}

bool is_derived(const GeneratorFile& file) { return file.kind && config::is_derived(file.kind->type); }

class Maker {
 public:
  Maker(const Declaration& generator, const Materials& materials)
      : m_generator(*generator.definition), m_materials(materials) {}

  Result<void> make_first() {
    for (const GeneratorFile& file : m_generator.files) {
      if (is_derived(file)) continue;
      if (file.kind) {
        VMCRED_TRY_ASSIGN(SecretBuffer value, in_file(file, make_file(*file.kind, {})));
        add(file, std::move(value));
      } else if (persisted_prompt(m_generator, file.name) != nullptr) {
        VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::copy_of(answer(file.name)));
        add(file, std::move(value));
      }
    }
    return {};
  }

  Result<void> run(const std::function<void(std::string_view)>& line) {
    ScriptJob job{.script = m_generator.script, .runtime_inputs = m_generator.runtime_inputs};
    job.prompts = m_materials.answers;
    for (const DependencyFile& file : m_materials.dependencies) add_input(job, file);
    for (const NamedSecret& file : m_output.files) job.made.push_back({file.name, file.value.bytes()});
    for (const GeneratorFile& file : m_generator.files)
      if (!is_derived(file)) job.expected.push_back(file.name);
    for (const config::Prompt& prompt : m_generator.prompts)
      if (!prompt.display.required) job.may_be_empty.push_back(prompt.name);
    VMCRED_TRY_ASSIGN(ScriptResult result, run_script(job, line));
    m_output.files = std::move(result.files);
    m_output.extra = std::move(result.extra);
    return {};
  }

  Result<void> derive() {
    for (const GeneratorFile& file : m_generator.files) {
      if (!is_derived(file)) continue;
      VMCRED_TRY_ASSIGN(SecretBuffer value, in_file(file, make_file(*file.kind, sources_of(*file.kind))));
      add(file, std::move(value));
    }
    return {};
  }

  MakeOutput take() && { return std::move(m_output); }

 private:
  static Result<SecretBuffer> in_file(const GeneratorFile& file, Result<SecretBuffer> made) {
    if (!made) return base::in(concat("file ", quoted(file.name)), std::move(made));
    return made;
  }

  void add(const GeneratorFile& file, SecretBuffer value) {
    m_output.files.push_back({.name = file.name, .value = std::move(value)});
  }

  std::span<const std::byte> answer(std::string_view prompt) const {
    return std::ranges::find(m_materials.answers, prompt, &NamedBytes::name)->bytes;
  }

  static void add_input(ScriptJob& job, const DependencyFile& file) {
    const std::string& generator = file.var.generator->id.generator;
    auto input = std::ranges::find(job.inputs, generator, &ScriptInput::generator);
    if (input == job.inputs.end())
      input = job.inputs.insert(input, ScriptInput{.generator = generator, .files = {}});
    input->files.push_back({file.var.file->name, file.bytes});
  }

  std::span<const std::byte> own(std::string_view name) const {
    return std::ranges::find(m_output.files, name, &NamedSecret::name)->value.bytes();
  }

  std::span<const std::byte> foreign(std::string_view generator, std::string_view name) const {
    return std::ranges::find_if(m_materials.dependencies,
                                [&](const DependencyFile& file) {
                                  return file.var.generator->id.generator == generator &&
                                         file.var.file->name == name;
                                })
        ->bytes;
  }

  Sources sources_of(const config::FileKind& kind) const {
    Sources sources{.of = own(kind.of)};
    const config::Certificate& certificate = kind.certificate;
    if (certificate.issuer.empty()) return sources;
    sources.issuer_key = foreign(certificate.issuer, certificate.issuer_key);
    sources.issuer_certificate = foreign(certificate.issuer, certificate.issuer_certificate);
    return sources;
  }

  const Generator& m_generator;
  const Materials& m_materials;
  MakeOutput m_output;
};

}  // namespace

Result<void> check_can_make(const Declaration& generator) {
  if (!generator.definition->script.empty()) return {};
  for (const GeneratorFile& file : generator.definition->files) {
    if (file.kind || persisted_prompt(*generator.definition, file.name) != nullptr) continue;
    return Error{.kind = ErrorKind::config,
                 .what = concat("generator ", quoted(generator.id.generator),
                                " has neither a script nor a kind for file ", quoted(file.name)),
                 .hint = concat("add one of them, or give the value with 'vmcred vars set MACHINE ",
                                generator.id.generator, "/", file.name, "'")};
  }
  return {};
}

Result<MakeOutput> make_values(const Declaration& generator, const Materials& materials,
                               const std::function<void(std::string_view)>& line) {
  Maker maker(generator, materials);
  VMCRED_TRY(maker.make_first());
  if (!generator.definition->script.empty()) VMCRED_TRY(maker.run(line));
  VMCRED_TRY(maker.derive());
  return std::move(maker).take();
}

}  // namespace vmcred::vars
