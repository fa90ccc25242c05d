// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/planned_descriptors.h"

#include <fcntl.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "runner/socket/local_listener.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using vmm::LaunchPlan;
using vmm::PlannedDescriptor;

Result<UniqueFd> open_descriptor(const PlannedDescriptor& planned) {
  if (planned.kind == PlannedDescriptor::Kind::listener) return listen_locally(planned.path);
  auto device = base::open_file(planned.path, O_RDWR | O_NOCTTY);
  if (device) return device;
  base::Error error = std::move(device).error();
  error.kind = base::ErrorKind::host;
  return std::move(error).with_hint("its owner or group must be the VM's user, see 'user' in the config");
}

bool goes_with_a_request(const LaunchPlan& plan, std::size_t index) {
  return std::ranges::any_of(plan.requests, [&](const vmm::ApiRequest& request) {
    return std::ranges::find(request.descriptors, index) != request.descriptors.end();
  });
}

}  // namespace

Result<std::vector<UniqueFd>> open_planned_descriptors(const LaunchPlan& plan) {
  std::vector<UniqueFd> opened;
  for (std::size_t i = 0; i < plan.descriptors.size(); ++i) {
    VMCRED_TRY_ASSIGN(UniqueFd one, open_descriptor(plan.descriptors[i]));
    if (!goes_with_a_request(plan, i) && ::fcntl(one.get(), F_SETFD, 0) != 0)
      return base::errno_error(plan.descriptors[i].path);
    opened.push_back(std::move(one));
  }
  return opened;
}

}  // namespace vmcred::runner
