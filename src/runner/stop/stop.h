// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"

namespace vmcred::runner {

enum class StopOutcome {
  guest_shut_down,  // the guest did what its power button or ctrl-alt-delete asked
  not_asked,        // nobody can ask the guests of this hypervisor; it was ended
  not_reached,      // the hypervisor could not be spoken to, or refused to ask its guest; it was ended
  quit,             // it did not in time; the hypervisor ended at once, as when a plug is pulled
  killed,           // the hypervisor did not end when told either and was killed
};

// Ends the VM whose sockets are in `runtime_directory`: asks the guest to shut down, by the way that its
// hypervisor has, waits at most `patience` for it, then ends the hypervisor, by force if need be, and removes
// the sockets. Returns when the process is gone. A vmm error says that the VM isn't running. `say` hears what
// is being waited for.
base::Result<StopOutcome> stop_vm(const std::string& runtime_directory, std::chrono::seconds patience,
                                  const std::function<void(const std::string&)>& say);

}  // namespace vmcred::runner
