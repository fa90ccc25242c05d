// SPDX-License-Identifier: Apache-2.0
// The virtio socket between a VM and its host: what stands behind it, and the host's end of it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "vmm/host_facts.h"

namespace vmcred::runner {

inline constexpr const char* k_vhost_vsock = "/dev/vhost-vsock";

// What the config asks for, with "auto" what hypervisor and host have: the kernel's vhost first, and the
// hypervisor's own last. None where the VM has no 'vsock.cid'. A host error where there is nothing.
base::Result<std::optional<vmm::VsockBackEnd>> choose_vsock(const config::VirtualMachine& vm);

// Where vhost-device-vsock is, or "".
std::string find_vsock_program();

// The port on which the host hears the guest's notifications. With the kernel's vhost all VMs of a host share
// its ports, so each has one of its own; a host error where the CID leaves none.
base::Result<std::uint32_t> notify_port(const config::VirtualMachine& vm, vmm::VsockBackEnd back_end);

// Listens for the guest on that port: at a socket in the runtime directory, or at the kernel's. Takes the
// place of a socket that an earlier VM left.
base::Result<base::UniqueFd> listen_for_guest(vmm::VsockBackEnd back_end, std::uint32_t port,
                                              const std::string& runtime_directory);

// Connects to a port of the guest of a running VM, by whichever of the two it has. Fails with a vmm error
// where the VM doesn't run or nobody listens there.
base::Result<base::UniqueFd> connect_to_guest(const config::VirtualMachine& vm, std::uint32_t port,
                                              const std::string& runtime_directory);

}  // namespace vmcred::runner
