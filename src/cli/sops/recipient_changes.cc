// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/recipient_changes.h"

#include <algorithm>

#include "base/text.h"
#include "sops/group_names.h"

namespace vmcred::cli {
namespace {

using base::concat;

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

}  // namespace

std::string recipient_changes(const sops::Metadata& metadata, const std::vector<age::Recipients>& wanted,
                              std::optional<unsigned> wanted_threshold) {
  std::string text;
  const std::size_t groups = std::max(metadata.groups.size(), wanted.size());
  for (std::size_t i = 0; i < groups; ++i) {
    if (groups > 1) text += concat("  group ", i + 1, ":\n");
    text +=
        group_changes(i < metadata.groups.size() ? names_of(metadata.groups[i]) : std::vector<std::string>(),
                      i < wanted.size() ? sops::names_of(wanted[i]) : std::vector<std::string>());
  }
  const unsigned before = sops::threshold_of(metadata.shamir_threshold, metadata.groups.size());
  const unsigned after = sops::threshold_of(wanted_threshold, wanted.size());
  if (groups > 1 && before != after)
    text += concat("  groups needed: ", before, ", from now on ", after, "\n");
  return text;
}

}  // namespace vmcred::cli
