// SPDX-License-Identifier: Apache-2.0
// Which launch of a VM runs, against the one that a start would make now.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "history/archive.h"
#include "history/difference.h"

namespace vmcred::cli {

// Keeps others from bringing the VM to another launch meanwhile; waits for them. Root's alone, as below.
base::Result<base::UniqueFd> lock_launches(const std::string& vm);

struct Launches {
  history::Launch now;
  std::optional<history::Record> booted;    // the one that runs, or that ran last
  std::optional<history::Record> previous;  // the last one before it that was another
};

// Root's alone: fails with a `refused` error for others.
base::Result<Launches> launches_of(const config::Config& config, const config::VirtualMachine& vm);

// In what this run of the unit (UnitState::invocation) is not what a start would make now; nothing where
// nobody noted what it was started with.
std::optional<history::Difference> outdated_by(const Launches& launches, const std::string& invocation);

}  // namespace vmcred::cli
