// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "credential/name.h"

namespace vmcred::vmm {

// All that planning needs to know of a credential: never its bytes.
struct CredentialOutline {
  credential::CredentialName name;
  std::size_t size;
};

}  // namespace vmcred::vmm
