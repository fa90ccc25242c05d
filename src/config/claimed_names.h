// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "config/findings.h"
#include "credential/name.h"

namespace vmcred::config {

// Which credential names one VM's entries have taken.
class ClaimedNames {
 public:
  explicit ClaimedNames(Findings& findings) : m_findings(findings) {}

  // One entry of a VM that becomes a credential. The texts must outlive this.
  struct Entry {
    std::string_view table;  // "secrets"
    std::string_view key;    // "api-key"
    Location location;
    bool privileged;  // the entry says that it means to control the guest
  };

  // Adds a finding if the name is not for this entry to take: reserved, taken, or one that the guest acts on.
  void claim(const credential::CredentialName& name, Entry entry);

 private:
  void report_collision(const credential::CredentialName& name, Entry first, Entry second);

  Findings& m_findings;
  std::unordered_map<std::string, Entry> m_owners;
};

}  // namespace vmcred::config
