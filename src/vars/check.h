// SPDX-License-Identifier: Apache-2.0
// What is wrong with the vars of some machines. Reads no secret and changes nothing.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vars/run.h"

namespace vmcred::vars {

struct WrongAccess {
  store::VarId var;
  store::Access access;
};

struct CheckReport {
  std::vector<store::StoredVar> missing;
  std::vector<store::GeneratorId> invalid;  // made for another `validation`
  std::vector<store::GeneratorId> stale;    // made before one of its dependencies
  std::vector<WrongAccess> access;          // of secrets that are there

  bool good() const { return missing.empty() && invalid.empty() && stale.empty() && access.empty(); }
};

// `generators` as in Request.
base::Result<CheckReport> check(const Workshop& workshop, const std::vector<std::string>& machines,
                                const std::vector<std::string>& generators);

// What a person has to know of it, a sentence each, with the command that mends it in `hint`.
std::vector<base::Error> findings_of(const CheckReport& report);

}  // namespace vmcred::vars
