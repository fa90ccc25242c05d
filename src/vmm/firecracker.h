// SPDX-License-Identifier: Apache-2.0
// Firecracker: a bare VMM, and the VM in requests to it. Source: its OpenAPI description (v1.16).
#pragma once

#include <span>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// Fails as choose_carriage() does.
base::Result<LaunchPlan> plan_firecracker(const config::VirtualMachine& vm,
                                          std::span<const CredentialOutline> outlines, const HostFacts& host);

}  // namespace vmcred::vmm
