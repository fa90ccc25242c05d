// SPDX-License-Identifier: Apache-2.0
#include "config/claimed_names.h"

#include <utility>

#include "base/text.h"

namespace vmcred::config {

using base::concat;
using base::quoted;

void ClaimedNames::claim(const credential::CredentialName& name, Entry entry) {
  if (name.text() == credential::k_manifest_name) {
    m_findings.add(entry.location, concat("credential ", quoted(name.text()), " is reserved for vmcred"));
    return;
  }
  if (credential::is_privileged(name) && !entry.privileged) {
    m_findings.add(entry.location,
                   concat("credential ", quoted(name.text()), " gives control over the guest"),
                   "add 'privileged = true' to this entry if that is meant");
  }
  const auto [owner, is_new] = m_owners.try_emplace(name.text(), entry);
  if (!is_new) report_collision(name, owner->second, entry);
}

void ClaimedNames::report_collision(const credential::CredentialName& name, Entry first, Entry second) {
  if (second.location < first.location) std::swap(first, second);
  m_findings.add(
      second.location,
      concat(quoted(concat(second.table, ".", second.key)), " and ",
             quoted(concat(first.table, ".", first.key)), " (line ", first.location.line, ", column ",
             first.location.column, ") both become the credential ", quoted(name.text())),
      "rename one, or give a secret another name in the guest with 'credential'");
}

}  // namespace vmcred::config
