// SPDX-License-Identifier: Apache-2.0
// What going back to an earlier launch of a VM changes. Looks, and changes nothing.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "history/observe.h"

namespace vmcred::history {

// The first of `earlier` that is another launch than `now` and can be gone back to. Fails with a config error
// where there is none.
base::Result<Record> target_of(const Record& now, const std::vector<Record>& earlier);

struct WayBack {
  std::vector<std::string> secrets;   // that the store takes back, by their names
  std::vector<std::string> warnings;  // what can't be brought back: a sentence each
};

// The way to `target`. `there` is what a start would be made of now with the target's entry, and `config` and
// `vm` are what that entry means now. Fails with a `credential` error where the store no longer has the
// version of then, or a secret of then is not there at all.
base::Result<WayBack> way_back(const config::Config& config, const config::VirtualMachine& vm,
                               const Launch& there, const Record& target);

// Is the secret's generator at the version that the launch had?
base::Result<bool> has_version_of(const config::Config& config, const config::VirtualMachine& vm,
                                  const Record& launch, const std::string& secret);

}  // namespace vmcred::history
