// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "history/observe.h"

namespace vmcred::history {

// In what two launches differ.
struct Difference {
  bool entry_unknown = false;        // the config changed while one of them started
  std::vector<std::string> keys;     // of the config: "mem", "secrets.api-key", sorted
  std::vector<std::string> files;    // paths, in their order
  std::vector<std::string> secrets;  // whose values are others, in the order of the config
  std::vector<std::string> unseen;   // of which nobody can tell now

  // What `unseen` has does not count.
  bool empty() const { return !entry_unknown && keys.empty() && files.empty() && secrets.empty(); }
};

// Secrets and files that only one of them has are differences of the config.
Difference difference(const Launch& now, const Record& then);

// "secrets api-key, db; key mem; /boot/vmlinuz", or "" where there is none.
std::string sentence(const Difference& difference);

// Would going back from one to the other change what can be brought back: the config, the versions of the
// store? What is not known of `then` can't be.
bool is_another(const Record& now, const Record& then);

}  // namespace vmcred::history
