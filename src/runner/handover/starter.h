// SPDX-License-Identifier: Apache-2.0
// Gives a VMM its VM through its API, from beside it. The VMM has taken the runner's place by then, so that
// for systemd and everyone else it is the process that was started.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/handover/request_bodies.h"

namespace vmcred::runner {

struct StarterLimits {
  std::chrono::milliseconds socket = std::chrono::seconds(10);   // until the VMM listens
  std::chrono::milliseconds request = std::chrono::seconds(30);  // for each answer
  std::chrono::milliseconds all = std::chrono::seconds(90);
};

struct ApiStart {
  std::string vm;      // its name, for what there is to say
  std::string socket;  // where the VMM listens, now or soon
  std::vector<RenderedRequest> requests;
  bool is_ready_then = false;  // the last answer is what the manager waits for
  StarterLimits limits = {};
};

// Starts a process that sends the requests in their order once this one has become the VMM, and ends. Where
// one is refused, or not answered in time, it says so on standard error and kills the VMM: a VM starts whole
// or not at all. It holds no secret but in the memory files. Call it as the VM's user.
base::Result<void> start_starter(const ApiStart& start);

}  // namespace vmcred::runner
