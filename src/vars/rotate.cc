// SPDX-License-Identifier: Apache-2.0
#include "vars/rotate.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/load.h"
#include "vars/execute.h"
#include "vars/roll_back.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using config::VirtualMachine;

std::size_t index_of(const Declared& declared, const Declaration& generator) {
  return static_cast<std::size_t>(&generator - declared.generators().data());
}

Error not_made_by_us(const VirtualMachine& vm, const config::Secret& secret) {
  return {.kind = ErrorKind::config,
          .what = concat("vm ", quoted(vm.name), ": secret ", quoted(secret.name.text()),
                         " is a file of the host, which vmcred does not make"),
          .hint = "replace the file yourself, or make the secret 'random' or by a generator"};
}

// The generators of one secret, or of all that are made.
Result<std::vector<std::size_t>> generators_of(const Declared& declared, std::string_view vm_name,
                                               std::string_view secret_name) {
  VMCRED_TRY_ASSIGN(const VirtualMachine* vm, config::find_vm(declared.config(), vm_name));
  std::set<std::size_t> indices;
  std::vector<std::string> names;
  for (const config::Secret& secret : vm->secrets) {
    names.push_back(secret.name.text());
    if (!secret_name.empty() && names.back() != secret_name) continue;
    const auto var = declared.var_of(*vm, secret);
    if (var)
      indices.insert(index_of(declared, *var->generator));
    else if (!secret_name.empty())
      return not_made_by_us(*vm, secret);
  }
  if (!secret_name.empty() && indices.empty())
    return Error{.kind = ErrorKind::config,
                 .what = concat("vm ", quoted(vm->name), " has no secret ", quoted(secret_name),
                                base::did_you_mean(secret_name, names))};
  return std::vector<std::size_t>(indices.begin(), indices.end());
}

Affected affected_by(const Declared& declared, const std::vector<store::GeneratorId>& generators) {
  const auto is_new = [&](const Declaration& generator) {
    return std::ranges::find(generators, generator.id) != generators.end();
  };
  Affected affected;
  for (const VirtualMachine& vm : declared.config().vms) {
    Affected::Machine machine{.vm = vm.name, .secrets = {}};
    for (const config::Secret& secret : vm.secrets)
      if (const auto var = declared.var_of(vm, secret); var && is_new(*var->generator))
        machine.secrets.push_back(secret.name.text());
    if (!machine.secrets.empty()) affected.vms.push_back(std::move(machine));
  }
  std::set<std::string> units;
  for (const Declaration& generator : declared.generators()) {
    if (!is_new(generator)) continue;
    for (const config::GeneratorFile& file : generator.definition->files)
      units.insert(file.restart_units.begin(), file.restart_units.end());
  }
  affected.units.assign(units.begin(), units.end());
  return affected;
}

}  // namespace

Result<Rotation> rotate(const Workshop& workshop, std::string_view vm, std::string_view secret,
                        PromptSource& prompts, Progress& progress, Preview preview_only) {
  Order order;
  VMCRED_TRY_ASSIGN(order.wanted, generators_of(workshop.declared, vm, secret));
  order.anew = Anew::yes;
  order.ask_again = true;
  order.keep_previous = KeepPrevious::yes;
  Result<Plan> plan =
      preview_only == Preview::yes ? preview(workshop, order) : execute(workshop, order, prompts, progress);
  if (!plan) return std::move(plan).error();
  Rotation rotation;
  for (const PlannedRun& run : plan->runs) rotation.generators.push_back(run.generator);
  rotation.affected = affected_by(workshop.declared, rotation.generators);
  return rotation;
}

Result<Rotation> rollback(const Workshop& workshop, std::string_view vm, std::string_view secret,
                          Preview preview_only) {
  VMCRED_TRY_ASSIGN(const auto seeds, generators_of(workshop.declared, vm, secret));
  VMCRED_TRY_ASSIGN(RolledBack done, roll_back(workshop, seeds, preview_only));
  Rotation rotation{.generators = std::move(done.generators), .stale = std::move(done.stale), .affected = {}};
  rotation.affected = affected_by(workshop.declared, rotation.generators);
  return rotation;
}

}  // namespace vmcred::vars
