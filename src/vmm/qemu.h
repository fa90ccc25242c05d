// SPDX-License-Identifier: Apache-2.0
// QEMU on x86: a VM as data in, a launch plan out. Starts nothing and looks at nothing.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "config/model.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// What stands behind a VM's virtio socket.
enum class VsockBackEnd {
  vhost,       // the kernel
  vhost_user,  // a program that listens in the runtime directory, and shares the guest's memory
};

// What is known of the host when a plan is made.
struct HostFacts {
  std::string program;                               // QEMU's path
  std::string runtime_directory;                     // for its sockets; private to the VM's user
  bool kvm;                                          // true: KVM works; false: emulate
  std::optional<VsockBackEnd> vsock = std::nullopt;  // where the VM has a virtio socket
};

// Fails as transport_limits() and assign_transports() do, with the VM's name in front.
base::Result<LaunchPlan> plan_qemu(const config::VirtualMachine& vm,
                                   std::span<const CredentialOutline> outlines, const HostFacts& host);

}  // namespace vmcred::vmm
