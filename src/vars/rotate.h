// SPDX-License-Identifier: Apache-2.0
// New values for a VM's secrets, and back: of each generator the values from before its last change stay in
// the store, encrypted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vars/run.h"

namespace vmcred::vars {

// Who still has the values of before.
struct Affected {
  struct Machine {
    std::string vm;
    std::vector<std::string> secrets;

    bool operator==(const Machine&) const = default;
  };
  std::vector<Machine> vms;        // in the order of the config
  std::vector<std::string> units;  // restart_units of the files, sorted
};

struct Rotation {
  std::vector<store::GeneratorId> generators;  // that were made anew, or taken back
  std::vector<store::GeneratorId> stale;  // left behind by a rollback: their own previous version is another
  Affected affected;
};

// Runs the generators of the VM's secrets anew, and all that depends on them. `secret` empty: of all its
// secrets. Fails with a config error where the secret is a file of the host. With Preview::yes it only tells.
enum class Preview { no, yes };
base::Result<Rotation> rotate(const Workshop& workshop, std::string_view vm, std::string_view secret,
                              PromptSource& prompts, Progress& progress, Preview preview);

// Exchanges the current values with those from before the last change of their generators (a rotation, or
// set_values()), and of what went along with them; a second call undoes the first. Fails where there is no
// previous version.
base::Result<Rotation> rollback(const Workshop& workshop, std::string_view vm, std::string_view secret,
                                Preview preview);

}  // namespace vmcred::vars
