// SPDX-License-Identifier: Apache-2.0
#include "runner/launch.h"

#include <fcntl.h>

#include "runner/beside/pull_server.h"
#include "runner/beside/terminal.h"
#include "runner/handover/planned_descriptors.h"
#include "runner/handover/replace_process.h"
#include "runner/handover/starter.h"
#include "runner/handover/transport_files.h"
#include "systemd/notify.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;

// What the VMM finds when it begins.
struct HandedOver {
  std::vector<UniqueFd> files;
  std::vector<UniqueFd> descriptors;
};

Result<void> start_by_api(const PreparedStart& prepared, const HandedOver& given) {
  if (prepared.plan.requests.empty()) return {};
  ApiStart start{.vm = prepared.vm.name,
                 .socket = prepared.plan.api_socket,
                 .requests = {},
                 .is_ready_then = !prepared.guest_tells_when_ready};
  VMCRED_TRY_ASSIGN(start.requests,
                    render_requests(prepared.plan, prepared.set, given.files, given.descriptors));
  return start_starter(start);
}

Result<HandedOver> hand_over(const PreparedStart& prepared) {
  HandedOver given;
  VMCRED_TRY_ASSIGN(given.files, make_transport_files(prepared.plan, prepared.set));
  VMCRED_TRY_ASSIGN(given.descriptors, open_planned_descriptors(prepared.plan));
  if (prepared.plan.pull)
    VMCRED_TRY(start_pull_server(prepared.vm, *prepared.plan.pull, prepared.host, prepared.set));
  VMCRED_TRY(start_by_api(prepared, given));
  if (prepared.plan.needs_terminal) VMCRED_TRY(ensure_terminal());
  if (prepared.claim.valid() && ::fcntl(prepared.claim.get(), F_SETFD, 0) != 0)
    return base::errno_error("the VM's lock");
  return given;
}

// What `systemctl status` shows meanwhile. A manager that does not listen is no reason not to start.
void tell_manager(const PreparedStart& prepared) {
  const bool somebody_else_will = prepared.guest_tells_when_ready || !prepared.plan.requests.empty();
  static_cast<void>(
      systemd::notify(somebody_else_will ? "STATUS=Starting the guest" : "READY=1\nSTATUS=Running"));
}

}  // namespace

base::Error start(const PreparedStart& prepared) {
  auto given = hand_over(prepared);
  if (!given) return std::move(given).error();
  auto environment = clean_environment();
  const auto& more = prepared.plan.environment;
  environment.insert(environment.end(), more.begin(), more.end());
  tell_manager(prepared);
  return replace_process(prepared.plan.program,
                         argument_list(prepared.plan, given->files, given->descriptors),
                         std::move(environment));
}

}  // namespace vmcred::runner
