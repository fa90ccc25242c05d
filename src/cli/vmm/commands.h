// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred vmm …`: what each hypervisor can do.
#pragma once

#include <span>
#include <string>

#include "command/program.h"
#include "vmm/capability.h"

namespace vmcred::cli {

std::span<const command::Command> vmm_commands();

base::Result<void> run_vmm_list(const command::Arguments& arguments, const command::Streams& streams);

// The whole table, for people and for programs. docs/hypervisors.md holds the first.
std::string capabilities_as_text(std::span<const vmm::Capability> capabilities);
std::string capabilities_as_json(std::span<const vmm::Capability> capabilities);

// The words that both have in common.
std::string_view spelling(vmm::Api api);
std::string_view spelling(vmm::StopMethod method);
std::string_view spelling(vmm::Readiness readiness);
std::string_view spelling(vmm::VsockBackEnd back_end);
std::vector<std::string> spelled(const vmm::ShareSupport& shares);
std::vector<std::string> spelled(const vmm::VolumeSupport& volumes);
std::vector<std::string> spelled(const vmm::BalloonSupport& balloon);
std::vector<std::string> devices_of(const vmm::Capability& capability);

}  // namespace vmcred::cli
