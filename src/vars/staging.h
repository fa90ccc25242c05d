// SPDX-License-Identifier: Apache-2.0
// Puts the values that a run has made into its transaction.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vars/execute.h"
#include "vars/way_back.h"

namespace vmcred::vars {

struct MadeValue {
  DeclaredVar var;
  secret::SecretBuffer value;
};

using MadeValues = std::map<store::VarId, MadeValue>;

class Staging {
 public:
  // All must outlive it.
  Staging(const Workshop& workshop, const Picture& picture, store::Transaction& transaction)
      : m_workshop(workshop),
        m_picture(picture),
        m_transaction(transaction),
        m_versions(workshop.vars_path) {}

  // The values of these steps, with their hashes and versions; what lies at places of before goes.
  base::Result<void> add(std::span<const Step> steps, const MadeValues& made, KeepPrevious keep);

  // Lets exactly those read it who should.
  base::Result<void> fix(std::span<const DeclaredVar> vars);

 private:
  base::Result<void> ensure_machine_keys(std::span<const DeclaredVar> vars);
  base::Result<void> write_values(const MadeValues& made, KeepPrevious keep);
  base::Result<bool> is_unchanged(const MadeValue& value) const;
  base::Result<void> write_version(const Step& step, std::vector<std::string>& versions);
  base::Result<void> remove_other_places(const Declaration& generator);

  const Workshop& m_workshop;
  const Picture& m_picture;
  store::Transaction& m_transaction;
  Versions m_versions;
  KeptFiles m_kept;
};

// "vars: update via generator x (machine: web)", as clan has it; a summary for several.
std::string commit_message(const Plan& plan);

}  // namespace vmcred::vars
