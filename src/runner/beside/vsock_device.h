// SPDX-License-Identifier: Apache-2.0
// vhost-device-vsock: a virtio socket for hosts whose kernel has no vhost for it. It shares the guest's
// memory, runs as the VM's user, and ends with the VMM.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/model.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// Starts it, before any secret is read, and gives its process.
base::Result<pid_t> start_vsock_device(const config::VirtualMachine& vm, const std::string& runtime_directory,
                                       const std::optional<Identity>& identity);

// Waits until it listens for QEMU. A host error when it ends, or takes longer than a few seconds.
base::Result<void> wait_for_vsock_device(pid_t device, const std::string& runtime_directory);

}  // namespace vmcred::runner
