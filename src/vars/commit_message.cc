// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "base/text.h"
#include "vars/staging.h"

namespace vmcred::vars {
namespace {

using base::concat;
using store::Placement;

std::string place_of(const Placement& placement) {
  return placement.kind == Placement::Kind::per_machine ? concat("machine: ", placement.name) : "shared";
}

template <typename Items, typename Name>
std::string list_of(const Items& items, Name name) {
  std::set<std::string> names;
  for (const auto& item : items) names.insert(name(item));
  const std::vector<std::string> sorted(names.begin(), names.end());
  return base::join(sorted, ", ");
}

}  // namespace

std::string commit_message(const Plan& plan) {
  if (plan.runs.empty())
    return concat("secrets: fix vars for ", list_of(plan.to_fix, [](const store::VarId& var) {
                    const Placement& placement = var.generator.placement;
                    return placement.kind == Placement::Kind::per_machine ? placement.name : "shared";
                  }));
  if (plan.runs.size() == 1) {
    const store::GeneratorId& id = plan.runs.front().generator;
    return concat("vars: update via generator ", id.generator, " (", place_of(id.placement), ")");
  }
  std::string message = concat(
      "vars: update via ", plan.runs.size(), " generators (",
      list_of(plan.runs, [](const PlannedRun& run) { return place_of(run.generator.placement); }), ")\n\n");
  for (const PlannedRun& run : plan.runs) message += concat(store::path_of(run.generator), "\n");
  return message;
}

}  // namespace vmcred::vars
