// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "credential/credential.h"
#include "credential/name.h"

namespace vmcred::vmm {

// All that planning needs to know of a credential: never its bytes.
struct CredentialOutline {
  credential::CredentialName name;
  std::size_t size;
};

std::vector<CredentialOutline> outlines_of(const credential::CredentialSet& set);

}  // namespace vmcred::vmm
