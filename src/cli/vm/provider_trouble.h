// SPDX-License-Identifier: Apache-2.0
// Why vmcred-provider itself can't begin: then it can refuse nothing, and leaves no reason
// (docs/provider.md).
#pragma once

#include <string>

#include "cli/vm/unit_state.h"
#include "config/model.h"

namespace vmcred::cli {

// One line with what mends it; "" where all is well, or no VM's business. `provider` is its service.
std::string provider_trouble(const config::Config& config, const UnitState& provider);

// Why a VM of this name gets no secrets: the provider's last refusal, else its own trouble, if the VM needs
// it; "" where there is no reason.
std::string why_refused(const config::Config& config, const std::string& vm);

}  // namespace vmcred::cli
