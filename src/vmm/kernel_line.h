// SPDX-License-Identifier: Apache-2.0
// The kernel's command line. Every process in the guest can read it, and in most cases every user of the
// host: nothing secret is ever on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"

namespace vmcred::vmm {

// What the hypervisor needs, what the transport needs, and the config's kernel_params last, so that they win.
std::string kernel_line(const config::VirtualMachine& vm, const HostFacts& host, config::Transport transport);

// How long it may be, where the hypervisor has a limit of its own and adds its devices to the line.
std::optional<std::size_t> kernel_line_room(const config::VirtualMachine& vm);

// The guest must run a program of ours first: its systemd does not look into the initrd by itself.
bool needs_shim(const config::VirtualMachine& vm, config::Transport transport);

// What the kernel would have started: of `rdinit=` in the config, else "/init".
std::string next_init(const config::VirtualMachine& vm);

// That is no path from the root, and the guest's program of ours could not become it.
bool has_misplaced_init(const config::VirtualMachine& vm, config::Transport transport);
inline constexpr std::string_view k_misplaced_init_hint = "write it as 'rdinit=/path/of/the/program'";

// Where the guest fetches its credentials. With vhost the host has one port space for all guests.
std::uint32_t credentials_port(const config::VirtualMachine& vm, VsockBackEnd back_end);

// A host error where the VM's CID is so large that it has none.
base::Result<void> check_credentials_port(const config::VirtualMachine& vm, const HostFacts& host);

}  // namespace vmcred::vmm
