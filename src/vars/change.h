// SPDX-License-Identifier: Apache-2.0
// Values that somebody sets by hand, or brings from elsewhere.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vars/declared.h"
#include "vars/run.h"

namespace vmcred::vars {

struct NewValue {
  DeclaredVar var;
  std::span<const std::byte> bytes;
};

// What changes, without a byte of a secret.
struct ChangedVar {
  DeclaredVar var;
  bool is_new = false;      // there was no value
  std::string before = {};  // of an open var
  std::string after = {};
  std::vector<std::string> added = {};  // who can read a secret from now on, besides those who could before
  std::vector<std::string> removed = {};
};

struct ChangeReport {
  std::vector<ChangedVar> vars;
  std::vector<store::GeneratorId> stale;  // what was made from the old values
};

// Stages values, each with the audience that its var is declared with. What depends on their generators
// counts as stale from then on, unless it is set in the same call: what comes together belongs together.
// Other files of these generators stay as they are, and a value that is there already changes nothing. The
// values of before are kept for rollback() where there was one for each.
base::Result<ChangeReport> set_values(const Workshop& workshop, store::Transaction& transaction,
                                      std::span<const NewValue> values);

}  // namespace vmcred::vars
