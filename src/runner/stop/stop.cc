// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/stop.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "runner/stop/leftover_sockets.h"
#include "runner/stop/stop_way.h"
#include "runner/stop/vmm_process.h"
#include "vmm/capability.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;

// A guest that is still booting does not notice a press of its power button, so it is pressed again.
constexpr auto k_between_presses = std::chrono::seconds(3);
constexpr auto k_last_moments = std::chrono::seconds(1);

bool ended_within(const UniqueFd& process, Clock::duration patience) {
  return is_ready_by(Clock::now() + patience, process.get(), POLLIN);
}

void send_signal(const UniqueFd& process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

vmm::StopMethod method_of(const VmmProcess& process) {
  const auto rows = vmm::capabilities();
  const auto row = std::ranges::find_if(
      rows, [&](const vmm::Capability& candidate) { return candidate.hypervisor == process.hypervisor; });
  return row == rows.end() ? vmm::StopMethod::none : row->stop;
}

enum class Answer { shut_down, too_slow, never_asked };

Answer ask_to_shut_down(StopWay& way, const UniqueFd& process, Clock::duration patience, const Say& say) {
  const auto start = Clock::now();
  const auto deadline = start + patience;
  Answer without = Answer::never_asked;
  do {
    // One that refuses may be about to end; whether it is shows at once.
    if (!way.ask_guest(Clock::now() - start > patience / 2, say))
      return ended_within(process, k_last_moments) ? Answer::shut_down : without;
    without = Answer::too_slow;
    if (ended_within(process, std::min<Clock::duration>(k_between_presses, deadline - Clock::now())))
      return Answer::shut_down;
  } while (Clock::now() < deadline);
  return without;
}

// Without the guest's help.
Result<StopOutcome> end_hypervisor(StopWay* way, const UniqueFd& process, StopOutcome when_told) {
  if (way == nullptr || !way->end_hypervisor()) send_signal(process, SIGTERM);
  if (ended_within(process, k_answer_time)) return when_told;
  send_signal(process, SIGKILL);
  if (ended_within(process, k_answer_time)) return StopOutcome::killed;
  return base::Error{.kind = base::ErrorKind::vmm, .what = "its hypervisor does not end, even killed"};
}

Result<StopOutcome> end(const VmmProcess& process, const std::string& runtime_directory,
                        std::chrono::seconds patience, const Say& say) {
  auto way = open_stop_way(method_of(process), runtime_directory);
  if (!way) {
    say(concat("nobody can ask its guest (", way.error().what, "), ending its hypervisor"));
    return end_hypervisor(nullptr, process.handle, StopOutcome::not_reached);
  }
  if (patience == std::chrono::seconds(0)) {
    say("ending the hypervisor");
    return end_hypervisor(way->get(), process.handle, StopOutcome::quit);
  }
  if (*way == nullptr) {
    say("its hypervisor has no way to ask a guest, ending it");
    return end_hypervisor(nullptr, process.handle, StopOutcome::not_asked);
  }
  say(concat("asking the guest to shut down, waiting up to ", patience.count(), " s"));
  const Answer answer = ask_to_shut_down(**way, process.handle, patience, say);
  if (answer == Answer::shut_down) return StopOutcome::guest_shut_down;
  if (answer == Answer::never_asked) {
    say("its hypervisor does not ask the guest, ending it");
    return end_hypervisor(way->get(), process.handle, StopOutcome::not_reached);
  }
  say("the guest did not shut down in time, ending its hypervisor");
  return end_hypervisor(way->get(), process.handle, StopOutcome::quit);
}

}  // namespace

Result<StopOutcome> stop_vm(const std::string& runtime_directory, std::chrono::seconds patience,
                            const Say& say) {
  VMCRED_TRY_ASSIGN(const VmmProcess process, running_vmm(runtime_directory));
  VMCRED_TRY_ASSIGN(const StopOutcome outcome, end(process, runtime_directory, patience, say));
  // Who starts it again meanwhile has sockets of its own there.
  if (const UniqueFd stopped = keep_stopped(runtime_directory); stopped.valid())
    remove_sockets(runtime_directory);
  return outcome;
}

}  // namespace vmcred::runner
