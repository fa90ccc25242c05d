// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"

namespace vmcred::runner {

// The character device of each of the VM's macvtap interfaces, by the interfaces that the kernel has below
// `interfaces`. A host error where one is missing.
base::Result<std::vector<vmm::MacvtapDevice>> find_macvtap_devices(
    const config::VirtualMachine& vm, const std::string& interfaces = "/sys/class/net");

}  // namespace vmcred::runner
