// SPDX-License-Identifier: Apache-2.0
#include "vmm/outline.h"

namespace vmcred::vmm {

std::vector<CredentialOutline> outlines_of(const credential::CredentialSet& set) {
  std::vector<CredentialOutline> outlines;
  outlines.reserve(set.size());
  for (const auto& credential : set)
    outlines.push_back({.name = credential.name, .size = credential.value.size()});
  return outlines;
}

}  // namespace vmcred::vmm
