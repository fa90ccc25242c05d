// SPDX-License-Identifier: Apache-2.0
// What going back to an earlier launch of a VM changes. Looks, and changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "history/observe.h"

namespace vmcred::history {

struct WayBack {
  Record target;
  bool entry = false;                 // the config's entry of then is another than now
  std::vector<std::string> secrets;   // that the store takes back, by their names
  std::vector<std::string> warnings;  // what can't be brought back: a sentence each
};

// The first of `earlier` that is another launch than `now`, and came up with a known config. Fails with a
// config error where there is none.
base::Result<Record> target_of(const Record& now, const std::vector<Record>& earlier);

// The way to it. With `keep_secrets` their versions of now stay. Fails with a `credential` error where the
// store no longer has the version of then.
base::Result<WayBack> way_back(const config::Config& config, const config::VirtualMachine& vm,
                               const Launch& now, Record target, bool keep_secrets);

// Is the secret's generator at the version that the launch had?
base::Result<bool> has_version_of(const config::Config& config, const config::VirtualMachine& vm,
                                  const Record& launch, const std::string& secret);

}  // namespace vmcred::history
