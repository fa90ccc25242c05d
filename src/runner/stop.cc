// SPDX-License-Identifier: Apache-2.0
#include "runner/stop.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/text.h"
#include "runner/qmp.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;
using Clock = std::chrono::steady_clock;

constexpr auto k_answer_time = std::chrono::seconds(5);

// A guest that is still booting does not notice a press of its power button, so it is pressed again.
constexpr auto k_between_presses = std::chrono::seconds(3);
constexpr auto k_last_moments = std::chrono::seconds(1);

using Say = std::function<void(const std::string&)>;

bool ended_within(const UniqueFd& process, Clock::duration patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{.fd = process.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

void kill_process(const UniqueFd& process) {
  ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

// Asks once. False when QEMU does not take it.
bool press_power_button(QmpClient& qmp) {
  return qmp.execute("system_powerdown", Clock::now() + k_answer_time).has_value();
}

// A guest that is shutting down already takes no notice, nor does one without a keyboard.
void press_ctrl_alt_delete(QmpClient& qmp) {
  static constexpr std::array<std::string_view, 3> k_keys = {"ctrl", "alt", "delete"};
  static_cast<void>(qmp.press_keys(k_keys, Clock::now() + k_answer_time));
}

bool shut_down_within(QmpClient& qmp, const UniqueFd& process, Clock::duration patience, const Say& say) {
  const auto start = Clock::now();
  const auto deadline = start + patience;
  bool by_keyboard = false;
  do {
    // One that refuses may be about to end; whether it is shows at once.
    if (!press_power_button(qmp)) return ended_within(process, k_last_moments);
    if (!by_keyboard && Clock::now() - start > patience / 2) {
      say("the guest does not react to its power button yet, pressing ctrl-alt-delete too");
      by_keyboard = true;
    }
    if (by_keyboard) press_ctrl_alt_delete(qmp);
    if (ended_within(process, std::min<Clock::duration>(k_between_presses, deadline - Clock::now())))
      return true;
  } while (Clock::now() < deadline);
  return false;
}

Result<StopOutcome> end(QmpClient& qmp, const UniqueFd& process, std::chrono::seconds patience,
                        const Say& say) {
  if (patience > std::chrono::seconds(0)) {
    say(concat("asking the guest to shut down, waiting up to ", patience.count(), " s"));
    if (shut_down_within(qmp, process, patience, say)) return StopOutcome::guest_shut_down;
    say("the guest did not shut down in time, ending its hypervisor");
  } else {
    say("ending the hypervisor");
  }
  // The answer to quit may be lost with the connection; only the process's end counts.
  static_cast<void>(qmp.execute("quit", Clock::now() + k_answer_time));
  if (ended_within(process, k_answer_time)) return StopOutcome::quit;
  kill_process(process);
  if (ended_within(process, k_answer_time)) return StopOutcome::killed;
  return base::Error{.kind = base::ErrorKind::vmm, .what = "QEMU does not end, even killed"};
}

// Among them those on which guests' ports reach the host: vsock.sock_9999.
void remove_sockets(const std::string& runtime_directory) {
  for (const auto name : vmm::k_sockets) ::unlink(concat(runtime_directory, "/", name).c_str());
  const std::string prefix = concat(vmm::k_vsock_socket, "_");
  std::error_code failure;  // a directory that is gone holds no sockets
  for (const auto& entry : std::filesystem::directory_iterator(runtime_directory, failure))
    if (entry.path().filename().string().starts_with(prefix)) ::unlink(entry.path().c_str());
}

}  // namespace

Result<StopOutcome> stop_vm(const std::string& runtime_directory, std::chrono::seconds patience,
                            const Say& say) {
  const std::string qmp_socket = concat(runtime_directory, "/", vmm::k_qmp_socket);
  auto qmp = QmpClient::connect(qmp_socket, Clock::now() + k_answer_time);
  if (!qmp) {
    if (::access(qmp_socket.c_str(), F_OK) != 0 || qmp.error().what.ends_with("connection refused"))
      return base::Error{.kind = base::ErrorKind::vmm,
                         .what = concat("not running (nobody listens on ", qmp_socket, ")"),
                         .hint = "if it runs, stop it as the user who started it, or as root"};
    return std::move(qmp).error();
  }
  VMCRED_TRY_ASSIGN(const UniqueFd process, qmp->peer_process());
  VMCRED_TRY_ASSIGN(const StopOutcome outcome, end(*qmp, process, patience, say));
  remove_sockets(runtime_directory);
  return outcome;
}

}  // namespace vmcred::runner
