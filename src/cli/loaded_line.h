// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "credential/name.h"

namespace vmcred::cli {

// What a unit's journal shows for each secret: the name, never the value. docs/logging.md promises it.
std::string loaded_line(const credential::CredentialName& name);

}  // namespace vmcred::cli
