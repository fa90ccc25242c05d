// SPDX-License-Identifier: Apache-2.0
#include "config/findings.h"

#include <algorithm>

namespace vmcred::config {

void Findings::add(Location location, std::string_view sentence, std::string_view hint) {
  m_findings.push_back({location, error_at(m_path, location, sentence).with_hint(hint)});
}

base::Error Findings::take() && {
  std::stable_sort(m_findings.begin(), m_findings.end(),
                   [](const Finding& a, const Finding& b) { return a.location < b.location; });
  std::vector<base::Error> errors;
  errors.reserve(m_findings.size());
  for (Finding& finding : m_findings) errors.push_back(std::move(finding.error));
  return base::first_with_others(std::move(errors));
}

}  // namespace vmcred::config
