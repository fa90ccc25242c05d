// SPDX-License-Identifier: Apache-2.0
#include "sops/group_names.h"

namespace vmcred::sops {

std::vector<std::string> names_of(const KeyGroup& group) {
  std::vector<std::string> names;
  names.reserve(group.age.size());
  for (const AgeEntry& entry : group.age) names.push_back(entry.recipient);
  return names;
}

std::vector<std::string> names_of(age::RecipientList recipients) {
  std::vector<std::string> names;
  names.reserve(recipients.size());
  for (const auto& recipient : recipients) names.push_back(recipient->text());
  return names;
}

unsigned threshold_of(std::optional<unsigned> threshold, std::size_t groups) {
  return threshold.value_or(static_cast<unsigned>(groups));
}

}  // namespace vmcred::sops
