// SPDX-License-Identifier: Apache-2.0
// The service that reads the store for the VMs' units, and the socket that starts it.
#pragma once

#include <string>

#include "base/result.h"
#include "config/model.h"
#include "unit/surroundings.h"

namespace vmcred::unit {

base::Result<std::string> provider_socket(const Surroundings& surroundings);

// Fails with a `config` error where a path of [store] or [host] can't be written into a unit.
base::Result<std::string> provider_service(const config::Config& config, const Surroundings& surroundings);

}  // namespace vmcred::unit
