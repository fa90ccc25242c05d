// SPDX-License-Identifier: Apache-2.0
// Runs generators: plans, asks, makes, and stores everything in one transaction. Whatever fails, or is
// killed, nothing has changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"
#include "vars/declared.h"
#include "vars/prompts.h"
#include "vars/selection.h"

namespace vmcred::vars {

// What all commands on vars work with. All must outlive it.
struct Workshop {
  const Declared& declared;
  store::Store& store;
  std::string vars_path;  // the "vars" folder, as in store::StoreSettings
};

// What a run tells while it goes on. Texts hold no secret, but for what a script prints of its own accord;
// control characters are escaped.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void starts(const store::GeneratorId& generator, Reason reason) = 0;
  virtual void script_line(const store::GeneratorId& generator, std::string_view line) = 0;
  virtual void warning(std::string_view text) = 0;
};

struct Request {
  std::vector<std::string> machines = {};    // as Declared::machines_named() takes them; none: all
  std::vector<std::string> generators = {};  // only these, and anew; none: all that are not present
  bool regenerate = false;                   // all anew; prompts that persist are asked again, too
};

struct PlannedRun {
  store::GeneratorId generator;
  Reason reason;

  auto operator<=>(const PlannedRun&) const = default;
};

struct Plan {
  std::vector<PlannedRun> runs;      // in their order
  std::vector<store::VarId> to_fix;  // present, but not to be read by exactly those who should
};

// What generate() would do. Changes nothing and takes no lock.
base::Result<Plan> plan(const Workshop& workshop, const Request& request);

// Does it, and tells what was done. An empty plan leaves the disk alone.
base::Result<Plan> generate(const Workshop& workshop, const Request& request, PromptSource& prompts,
                            Progress& progress);

}  // namespace vmcred::vars
