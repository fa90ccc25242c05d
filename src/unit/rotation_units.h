// SPDX-License-Identifier: Apache-2.0
// A timer for each secret that says when it is to be made anew, and the service that does it.
#pragma once

#include <string>

#include "base/result.h"
#include "config/model.h"
#include "unit/surroundings.h"

namespace vmcred::unit {

// For a secret with `rotate`.
base::Result<std::string> rotation_timer(const config::VirtualMachine& vm, const config::Secret& secret,
                                         const Surroundings& surroundings);
base::Result<std::string> rotation_service(const config::VirtualMachine& vm, const config::Secret& secret,
                                           const config::Config& config, const Surroundings& surroundings);

}  // namespace vmcred::unit
