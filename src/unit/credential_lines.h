// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "config/model.h"
#include "systemd/unit_text.h"

namespace vmcred::unit {

// One LoadCredential= or LoadCredentialEncrypted= for each secret of the VM, below the key that it comes
// from.
base::Result<void> add_credentials(const config::VirtualMachine& vm, systemd::UnitText& text);

// Does the VM's unit ask the provider?
bool uses_provider(const config::VirtualMachine& vm);

}  // namespace vmcred::unit
