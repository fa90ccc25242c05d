// SPDX-License-Identifier: Apache-2.0
// What must stand around a VM before its secrets are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "runner/beside/companion.h"
#include "runner/beside/guest_channel.h"
#include "runner/host/identity.h"
#include "vmm/host_facts.h"

namespace vmcred::runner {

struct Surroundings {
  GuestChannel channel;
  std::vector<Attendant> helpers;  // one for each shared directory
};

// Makes the images that are missing, runs the VM's own program, and starts all that the VMM needs beside it,
// as `identity` or as who we are.
base::Result<Surroundings> set_up_surroundings(const config::VirtualMachine& vm, const vmm::HostFacts& host,
                                               const std::optional<Identity>& identity);

// Waits until everything that the VMM connects to is there. A host error says what is not.
base::Result<void> wait_for_surroundings(const Surroundings& surroundings,
                                         const std::string& runtime_directory);

}  // namespace vmcred::runner
