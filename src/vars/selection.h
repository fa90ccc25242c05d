// SPDX-License-Identifier: Apache-2.0
// Which generators run, and in which order. Nothing here looks at a disk.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "vars/graph.h"

namespace vmcred::vars {

// How a generator's files in the store stand.
enum class Condition {
  present,
  missing,  // a declared file is not there
  invalid,  // made for another `validation`
  stale,    // a dependency was made anew since
};

enum class Reason {
  missing,
  invalid,
  stale,
  requested,  // somebody wants it anew
  dependent,  // something that it depends on runs
};

// "missing", for people.
std::string_view text_of(Reason reason);

struct Step {
  std::size_t generator;
  Reason reason;

  bool operator==(const Step&) const = default;
};

enum class Anew { no, yes };

// What must run so that `wanted` are present: those of them that are not (with Anew::yes all of them), of the
// dependencies of what runs those that are not present, and all dependents of what runs, each behind its
// dependencies.
std::vector<Step> select(const Graph& graph, std::span<const Condition> conditions,
                         std::span<const std::size_t> wanted, Anew anew);

}  // namespace vmcred::vars
