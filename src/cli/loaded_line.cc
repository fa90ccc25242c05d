// SPDX-License-Identifier: Apache-2.0
#include "cli/loaded_line.h"

#include "base/text.h"

namespace vmcred::cli {

std::string loaded_line(const credential::CredentialName& name) {
  return base::concat("✓ Loaded ", name.text(), " from credentials\n");
}

}  // namespace vmcred::cli
