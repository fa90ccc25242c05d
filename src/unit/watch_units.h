// SPDX-License-Identifier: Apache-2.0
// For a VM with `restart_if_changed = true`: what watches all that it was started with, and restarts it.
#pragma once

#include <string>

#include "base/result.h"
#include "config/model.h"
#include "unit/surroundings.h"

namespace vmcred::unit {

base::Result<std::string> watch_path(const config::VirtualMachine& vm, const config::Config& config,
                                     const Surroundings& surroundings);
base::Result<std::string> watch_service(const config::VirtualMachine& vm, const Surroundings& surroundings);

}  // namespace vmcred::unit
