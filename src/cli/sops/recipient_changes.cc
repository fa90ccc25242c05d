// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/recipient_changes.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::cli {
namespace {

using base::concat;

std::vector<std::string> names_of(const age::Recipients& recipients) {
  std::vector<std::string> names;
  names.reserve(recipients.size());
  for (const auto& recipient : recipients) names.push_back(recipient->text());
  return names;
}

std::vector<std::string> names_of(const sops::KeyGroup& group) {
  std::vector<std::string> names;
  names.reserve(group.age.size());
  for (const sops::AgeEntry& entry : group.age) names.push_back(entry.recipient);
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string group_changes(const std::vector<std::string>& present, const std::vector<std::string>& wanted) {
  std::string text;
  for (const std::string& name : present)
    text += concat(contains(wanted, name) ? "    " : "  - ", name, "\n");
  for (const std::string& name : wanted) {
    if (!contains(present, name)) text += concat("  + ", name, "\n");
  }
  return text;
}

std::string threshold_text(std::optional<unsigned> threshold, std::size_t groups) {
  return std::to_string(threshold.value_or(static_cast<unsigned>(groups)));
}

}  // namespace

std::string recipient_changes(const sops::Metadata& metadata, const std::vector<age::Recipients>& wanted,
                              std::optional<unsigned> wanted_threshold) {
  std::string text;
  const std::size_t groups = std::max(metadata.groups.size(), wanted.size());
  for (std::size_t i = 0; i < groups; ++i) {
    if (groups > 1) text += concat("  group ", i + 1, ":\n");
    text +=
        group_changes(i < metadata.groups.size() ? names_of(metadata.groups[i]) : std::vector<std::string>(),
                      i < wanted.size() ? names_of(wanted[i]) : std::vector<std::string>());
  }
  const std::string before = threshold_text(metadata.shamir_threshold, metadata.groups.size());
  const std::string after = threshold_text(wanted_threshold, wanted.size());
  if (groups > 1 && before != after)
    text += concat("  groups needed: ", before, ", from now on ", after, "\n");
  return text;
}

}  // namespace vmcred::cli
