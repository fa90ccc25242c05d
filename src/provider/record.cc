// SPDX-License-Identifier: Apache-2.0
#include "provider/record.h"

#include "base/text.h"

namespace vmcred::provider {

using base::concat;
using credential::ProviderRequest;
using systemd::Field;
using systemd::Priority;

void Record::granted(const ProviderRequest& request, std::string_view version,
                     const std::set<std::string>& all) {
  const Field fields[] = {{"VMCRED_RESULT", "granted"},
                          {"VMCRED_UNIT", request.unit},
                          {"VMCRED_CREDENTIAL", request.id.text()},
                          {"VMCRED_VERSION", version}};
  m_journal.write(Priority::info,
                  concat("granted ", request.id.text(), " to ", request.unit, ", version ", version), fields);
  warn_of(m_reasons.granted(request.unit, request.id.text(), all));
}

void Record::refused(const std::optional<ProviderRequest>& request, const base::Error& error,
                     IsOfUnit is_of_unit) {
  const std::string reason = error.hint.empty() ? error.what : concat(error.what, " (", error.hint, ")");
  if (!request) {
    const Field fields[] = {{"VMCRED_RESULT", "refused"}};
    return m_journal.write(Priority::error, concat("refused: ", reason), fields);
  }
  // First of all: the unit fails, and is asked why, as soon as the answer arrives.
  if (is_of_unit == IsOfUnit::yes)
    warn_of(m_reasons.refused(request->unit, concat(request->id.text(), ": ", reason)));
  const Field fields[] = {{"VMCRED_RESULT", "refused"},
                          {"VMCRED_UNIT", request->unit},
                          {"VMCRED_CREDENTIAL", request->id.text()}};
  m_journal.write(Priority::error,
                  concat("refused ", request->id.text(), " to ", request->unit, ": ", reason), fields);
}

void Record::warn_of(const base::Result<void>& done) {
  if (!done) warn(done.error().what);
}

}  // namespace vmcred::provider
