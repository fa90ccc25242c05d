// SPDX-License-Identifier: Apache-2.0
// What stands beside a VMM for its virtio socket: the device, where the kernel has none, and the relay that
// brings the guest's notifications to the host's systemd.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "config/model.h"
#include "runner/host/identity.h"
#include "vmm/host_facts.h"

namespace vmcred::runner {

struct GuestChannel {
  std::optional<pid_t> device;  // vhost-device-vsock, if that is what it takes
  std::string
      notify_address;  // for the guest: "vsock-stream:2:9999"; "" where nobody on the host wants to hear
};

// Starts both as `identity`, or as who we are. There is a relay only where $NOTIFY_SOCKET is set and the
// config gives the guest no other address. Call it before any secret is read.
base::Result<GuestChannel> open_guest_channel(const config::VirtualMachine& vm,
                                              const std::optional<vmm::VsockBackEnd>& back_end,
                                              const std::string& runtime_directory,
                                              const std::optional<Identity>& identity);

}  // namespace vmcred::runner
