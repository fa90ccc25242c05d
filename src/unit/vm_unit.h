// SPDX-License-Identifier: Apache-2.0
// The unit of one VM. docs/units.md shows it to operators.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/model.h"
#include "unit/surroundings.h"

namespace vmcred::unit {

// The whole microvm@NAME.service. Fails with a `config` error where a path of the VM can't be written into a
// unit, naming the VM.
base::Result<std::string> vm_unit(const config::VirtualMachine& vm, const Surroundings& surroundings);

// A drop-in for a microvm@.service that somebody else brings: its credentials, and walls that fit any
// hypervisor, but not what it runs or as whom.
base::Result<std::string> vm_drop_in(const config::VirtualMachine& vm, const Surroundings& surroundings);

// The unit of a VM that has none because of its config: its start fails and says why.
std::string broken_vm_unit(std::string_view vm, const base::Error& error, const Surroundings& surroundings);

// The same for a microvm@.service that somebody else brings: it would start without its secrets.
std::string broken_vm_drop_in(std::string_view vm, const Surroundings& surroundings);

// The same for every VM that is asked for, where the config as a whole is wrong: microvm@.service.
std::string broken_config_template(const base::Error& error, const Surroundings& surroundings);

}  // namespace vmcred::unit
