// SPDX-License-Identifier: Apache-2.0
// The main job, up to the point where all is there for the VMM to run (launch.h).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "credential/credential.h"
#include "runner/secrets/stored_secrets.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::runner {

// All that a start needs. The secrets are in locked memory, the process has the VM's user and keeps no
// privilege.
struct PreparedStart {
  config::VirtualMachine vm;
  vmm::HostFacts host;
  vmm::LaunchPlan plan;
  base::UniqueFd claim;  // makes this process the VM's, see vmm_process.h; invalid in a dry run
  credential::CredentialSet set;
  std::vector<vmm::CredentialOutline> outlines;  // of the set, in its order
  std::vector<std::string> notes;                // one sentence each, for the log
  bool guest_tells_when_ready = false;           // else the start is all that its manager can wait for
};

// What a dry run leaves undone: changing the user, making directories, asking about swap.
enum class Purpose { start, dry_run };

// Checks the host, loads and checks every credential, plans the launch. Touches no secret before everything
// that needs none is known to be well. `stored` is asked only where no loader has delivered the secrets. Any
// failure means that nothing was started.
base::Result<PreparedStart> prepare_start(const config::VirtualMachine& vm, StoredSecrets& stored,
                                          Purpose purpose);

}  // namespace vmcred::runner
