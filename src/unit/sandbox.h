// SPDX-License-Identifier: Apache-2.0
// The walls around our services, as lines of [Service]. Each line that is missing here is missing for a
// reason, which docs/units.md tells.
#pragma once

#include <string_view>

namespace vmcred::unit {

// For any service that handles secrets without being root: what neither the provider nor a VM needs.
extern const std::string_view k_common_sandbox;

// For a job of root's that may do what the config's owner may: it runs generators' scripts, in their own
// sandbox, and writes the store and its history; or it has systemd restart a VM.
extern const std::string_view k_root_sandbox;

// For a service that somebody else wrote: only what can't keep a hypervisor from working.
extern const std::string_view k_foreign_sandbox;

}  // namespace vmcred::unit
