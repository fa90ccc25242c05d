// SPDX-License-Identifier: Apache-2.0
// Goes through all leaves of trees in document order, and tells of each where it stands and what the rule
// says.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sops/rules.h"
#include "sops/tree.h"

namespace vmcred::sops {

struct Place {
  const std::string&
      associated_data;  // the keys on the way, each with a ':' behind it; ":" alone for comments at the top
  bool encrypted;       // what the rule says
  bool in_sequence = false;  // is the leaf itself an item?
};

// Stops at the first error. A comment counts for the rule with the bytes it has when the walk comes to it.
using LeafVisitor = std::function<base::Result<void>(Leaf&, const Place&)>;
using ConstLeafVisitor = std::function<base::Result<void>(const Leaf&, const Place&)>;
base::Result<void> walk_leaves(std::vector<Map>& trees, const RuleMatcher& rule, const LeafVisitor& visit);
base::Result<void> walk_leaves(const std::vector<Map>& trees, const RuleMatcher& rule,
                               const ConstLeafVisitor& visit);

}  // namespace vmcred::sops
