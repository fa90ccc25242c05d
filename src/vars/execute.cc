// SPDX-License-Identifier: Apache-2.0
#include "vars/execute.h"

#include <algorithm>

#include "base/text.h"
#include "config/kind.h"
#include "vars/asking.h"
#include "vars/make.h"
#include "vars/staging.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::quoted;
using base::Result;

struct Work {
  Picture picture;
  std::vector<Step> steps;
  std::vector<DeclaredVar> to_fix;
};

Result<Work> find_work(const Workshop& workshop, const Order& order) {
  VMCRED_TRY_ASSIGN(Picture picture, take_picture(workshop));
  Work work{.picture = std::move(picture), .steps = {}, .to_fix = {}};
  work.steps = select(work.picture.graph, work.picture.conditions, order.wanted, order.anew);
  for (const Step& step : work.steps)
    VMCRED_TRY(check_can_make(workshop.declared.generators()[step.generator]));
  if (!order.fix_access) return work;
  std::vector<std::size_t> others = order.wanted;
  std::erase_if(others, [&](std::size_t generator) {
    return std::ranges::find(work.steps, generator, &Step::generator) != work.steps.end();
  });
  VMCRED_TRY_ASSIGN(const auto wrong, wrongly_readable(workshop, others));
  for (const WronglyReadable& secret : wrong) work.to_fix.push_back(secret.var);
  return work;
}

Plan plan_of(const Workshop& workshop, const Work& work) {
  Plan plan;
  for (const Step& step : work.steps)
    plan.runs.push_back(
        {.generator = workshop.declared.generators()[step.generator].id, .reason = step.reason});
  for (const DeclaredVar& var : work.to_fix) plan.to_fix.push_back(var.id());
  return plan;
}

// Makes generator after generator; what one has made is there for the next.
class Run {
 public:
  Run(const Workshop& workshop, const Answers& answers, Progress& progress)
      : m_workshop(workshop), m_answers(answers), m_progress(progress) {}

  Result<void> step(const Step& step) {
    const Declaration& generator = m_workshop.declared.generators()[step.generator];
    m_progress.starts(generator.id, step.reason);
    VMCRED_TRY_ASSIGN(const Materials materials, materials_of(generator));
    auto output = make_values(generator, materials,
                              [&](std::string_view line) { m_progress.script_line(generator.id, line); });
    if (!output)
      return base::in(concat("generator ", base::quoted(store::path_of(generator.id))), std::move(output));
    for (const std::string& name : output->extra)
      m_progress.warning(concat("generator ", base::quoted(store::path_of(generator.id)), " left a file ",
                                base::quoted(name), " that is not declared; it is dropped"));
    for (NamedSecret& file : output->files) {
      const DeclaredVar var{&generator, config::find_file(*generator.definition, file.name)};
      m_made.insert_or_assign(var.id(), MadeValue{.var = var, .value = std::move(file.value)});
    }
    return {};
  }

  const MadeValues& made() const { return m_made; }

 private:
  Result<Materials> materials_of(const Declaration& generator) {
    Materials materials;
    for (const std::size_t index : generator.dependencies) {
      const Declaration& dependency = m_workshop.declared.generators()[index];
      for (const config::GeneratorFile& file : dependency.definition->files) {
        VMCRED_TRY_ASSIGN(const auto bytes, value_of({&dependency, &file}));
        materials.dependencies.push_back({.var = {&dependency, &file}, .bytes = bytes});
      }
    }
    if (const auto given = m_answers.find(generator.id); given != m_answers.end())
      for (const auto& [prompt, answer] : given->second)
        materials.answers.push_back({prompt, answer.bytes()});
    return materials;
  }

  // Each value is read from the store once.
  Result<std::span<const std::byte>> value_of(const DeclaredVar& var) {
    if (const auto made = m_made.find(var.id()); made != m_made.end()) return made->second.value.bytes();
    auto kept = m_read.find(var.id());
    if (kept == m_read.end()) {
      VMCRED_TRY_ASSIGN(secret::SecretBuffer value, m_workshop.store.read(var.id(), var.visibility()));
      kept = m_read.emplace(var.id(), std::move(value)).first;
    }
    return kept->second.bytes();
  }

  const Workshop& m_workshop;
  const Answers& m_answers;
  Progress& m_progress;
  MadeValues m_made;
  std::map<store::VarId, secret::SecretBuffer> m_read;
};

}  // namespace

Result<Plan> preview(const Workshop& workshop, const Order& order) {
  VMCRED_TRY_ASSIGN(const Work work, find_work(workshop, order));
  return plan_of(workshop, work);
}

Result<Plan> execute(const Workshop& workshop, const Order& order, PromptSource& prompts,
                     Progress& progress) {
  VMCRED_TRY_ASSIGN(store::Transaction transaction,
                    store::Transaction::begin(Versions(workshop.vars_path).root()));
  VMCRED_TRY_ASSIGN(const Work work, find_work(workshop, order));
  VMCRED_TRY_ASSIGN(const Answers answers, gather_answers(workshop, work.steps, order.ask_again, prompts));
  Run run(workshop, answers, progress);
  for (const Step& step : work.steps) VMCRED_TRY(run.step(step));

  Plan done = plan_of(workshop, work);
  if (done.runs.empty() && done.to_fix.empty()) return done;
  Staging staging(workshop, work.picture, transaction);
  VMCRED_TRY(staging.add(work.steps, run.made(), order.keep_previous));
  VMCRED_TRY(staging.fix(work.to_fix));
  VMCRED_TRY(transaction.commit(commit_message(done)));
  return done;
}

}  // namespace vmcred::vars
