// SPDX-License-Identifier: Apache-2.0
#include "config/findings.h"

#include <algorithm>

namespace vmcred::config {

void Findings::add(Location location, std::string_view sentence, std::string_view hint) {
  // Behind those of the same place, so that the order of the file is kept throughout.
  const auto place = std::ranges::upper_bound(m_findings, location, {}, &Finding::location);
  m_findings.insert(place, {location, m_subject, error_at(m_path, location, sentence).with_hint(hint)});
}

bool Findings::any_about_current() const {
  return std::ranges::any_of(m_findings,
                             [this](const Finding& finding) { return finding.subject == m_subject; });
}

base::Error Findings::take() && {
  std::vector<base::Error> errors;
  errors.reserve(m_findings.size());
  for (Finding& finding : m_findings) errors.push_back(std::move(finding.error));
  return base::first_with_others(std::move(errors));
}

std::optional<base::Error> Findings::error_about(Subject subject) const {
  std::vector<base::Error> errors;
  for (const Finding& finding : m_findings)
    if (finding.subject == subject) errors.push_back(finding.error);
  if (errors.empty()) return std::nullopt;
  return base::first_with_others(std::move(errors));
}

}  // namespace vmcred::config
