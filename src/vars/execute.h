// SPDX-License-Identifier: Apache-2.0
// One run from end to end, for generate() and rotate().
#pragma once

#include <span>
#include <vector>

#include "vars/picture.h"
#include "vars/run.h"
#include "vars/way_back.h"

namespace vmcred::vars {

struct Order {
  std::vector<std::size_t> wanted;  // generators
  Anew anew = Anew::no;
  bool ask_again = false;  // also for prompts whose answer is kept
  KeepPrevious keep_previous = KeepPrevious::no;
  bool fix_access = false;  // of the wanted ones that do not run
};

// What would happen. Changes nothing.
base::Result<Plan> preview(const Workshop& workshop, const Order& order);

// Takes the repository's lock, looks at the store, asks, makes, and commits everything at once.
base::Result<Plan> execute(const Workshop& workshop, const Order& order, PromptSource& prompts,
                           Progress& progress);

}  // namespace vmcred::vars
