// SPDX-License-Identifier: Apache-2.0
// cloud-hypervisor: a bare VMM on a socket that it inherits, and the VM in requests to it. Never with -v: at
// that level its log has the whole VM, credentials and all. Sources: its OpenAPI description (v53), and the
// parts of vmm/src that the description leaves out.
#pragma once

#include <span>

#include "base/result.h"
#include "config/model.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// Fails as choose_carriage() does, and where the VM with its set is larger than the API takes.
base::Result<LaunchPlan> plan_cloud_hypervisor(const config::VirtualMachine& vm,
                                               std::span<const CredentialOutline> outlines,
                                               const HostFacts& host);

}  // namespace vmcred::vmm
