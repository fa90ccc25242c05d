// SPDX-License-Identifier: Apache-2.0
#include "vars/selection.h"

#include <array>

namespace vmcred::vars {
namespace {

Reason reason_of(Condition condition) {
  switch (condition) {
    case Condition::missing:
      return Reason::missing;
    case Condition::invalid:
      return Reason::invalid;
    case Condition::stale:
      return Reason::stale;
    case Condition::present:
      break;
  }
  return Reason::dependent;
}

}  // namespace

std::string_view text_of(Reason reason) {
  constexpr std::array<std::string_view, 5> k_texts = {"missing", "invalid", "stale", "requested",
                                                       "dependent"};
  return k_texts[static_cast<std::size_t>(reason)];
}

std::vector<Step> select(const Graph& graph, std::span<const Condition> conditions,
                         std::span<const std::size_t> wanted, Anew anew) {
  std::vector<bool> runs(graph.size());
  std::vector<bool> requested(graph.size());
  std::vector<std::size_t> pending;
  const auto add = [&](std::size_t generator) {
    if (runs[generator]) return;
    runs[generator] = true;
    pending.push_back(generator);
  };
  for (const std::size_t generator : wanted) {
    if (anew == Anew::yes) requested[generator] = true;
    if (anew == Anew::yes || conditions[generator] != Condition::present) add(generator);
  }
  while (!pending.empty()) {
    const std::size_t generator = pending.back();
    pending.pop_back();
    for (const std::size_t dependent : graph.dependents(generator)) add(dependent);
    for (const std::size_t dependency : graph.dependencies(generator))
      if (conditions[dependency] != Condition::present) add(dependency);
  }
  std::vector<Step> steps;
  for (const std::size_t generator : graph.order())
    if (runs[generator])
      steps.push_back(
          {generator, requested[generator] ? Reason::requested : reason_of(conditions[generator])});
  return steps;
}

}  // namespace vmcred::vars
