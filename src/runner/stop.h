// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"

namespace vmcred::runner {

enum class StopOutcome {
  guest_shut_down,  // the guest did what its power button or ctrl-alt-delete asked
  quit,             // it did not in time; QEMU ended at once, as when a plug is pulled
  killed,           // QEMU did not answer either and was killed
};

// Ends the VM whose sockets are in `runtime_directory`: asks the guest to shut down, waits at most `patience`
// for it, then ends the VMM, by force if need be, and removes the sockets. Returns when the process is gone.
// The guest is asked by its power button; one that has not reacted after half of the time gets
// ctrl-alt-delete as well, which needs no ACPI and which every init knows. A vmm error says that the VM isn't
// running. `say` hears what is being waited for.
base::Result<StopOutcome> stop_vm(const std::string& runtime_directory, std::chrono::seconds patience,
                                  const std::function<void(const std::string&)>& say);

}  // namespace vmcred::runner
