// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::history {

// Where what outlives a launch is kept, for root alone.
struct Places {
  std::string records = "/var/lib/vmcred-history";
  std::string key = "/run/vmcred-history";
};

// Makes one of these directories, or one below it, unless it is there. Fails with an io error.
base::Result<void> make_place(const std::string& directory);

// Keeps others from bringing the same VM to another launch meanwhile, while the result lives. Waits.
base::Result<base::UniqueFd> lock_launches(const Places& places, std::string_view vm);

}  // namespace vmcred::history
