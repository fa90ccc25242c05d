// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"

namespace vmcred::runner {

// The path of the VM's hypervisor: what the config says, else the first hit on $PATH. A host error with the
// way to install it when there is none.
base::Result<std::string> find_program(const config::VirtualMachine& vm);

// Its version, where the plan depends on it and the program tells. Asking takes a start of it: as the VM's
// user where we are root (without one it stays unknown), with nothing of our environment but $PATH.
std::optional<vmm::Version> find_version(const config::VirtualMachine& vm, const std::string& program);

// The first "1.2" of what a program says about its version.
std::optional<vmm::Version> parse_version(std::string_view text);

// Are the kernel and the initrd there, and regular files? Host errors that name them.
base::Result<void> check_boot_files(const config::VirtualMachine& vm);

}  // namespace vmcred::runner
