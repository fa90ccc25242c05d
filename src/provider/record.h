// SPDX-License-Identifier: Apache-2.0
// What was granted and refused, for the journal and for the units' reasons.
#pragma once

#include <optional>

#include "base/error.h"
#include "credential/provider_protocol.h"
#include "provider/reasons.h"
#include "systemd/journal.h"

namespace vmcred::provider {

class Record {
 public:
  // Both must outlive it.
  Record(const systemd::Journal& journal, Reasons& reasons) : m_journal(journal), m_reasons(reasons) {}

  // `all`: what the unit gets from here.
  void granted(const credential::ProviderRequest& request, std::string_view version,
               const std::set<std::string>& all);

  // Somebody of whom it is not known that they are the unit's leave no reason there.
  enum class IsOfUnit { no, yes };
  void refused(const std::optional<credential::ProviderRequest>& request, const base::Error& error,
               IsOfUnit is_of_unit);

  // Something else that an operator should know.
  void warn(std::string_view text) { m_journal.write(systemd::Priority::warning, text); }

 private:
  void warn_of(const base::Result<void>& done);

  const systemd::Journal& m_journal;
  Reasons& m_reasons;
};

}  // namespace vmcred::provider
