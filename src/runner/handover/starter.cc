// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/starter.h"

#include <poll.h>
#include <sys/prctl.h>
#include <algorithm>
#include <memory>

#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/beside/last_words.h"
#include "runner/handover/http_client.h"
#include "systemd/notify.h"

namespace vmcred::runner {
namespace {

using base::Error;
using base::Result;
using base::UniqueFd;

constexpr auto k_connect_pause = std::chrono::milliseconds(1);

class Starter {
 public:
  Starter(const ApiStart& start, UniqueFd vmm)
      : m_start(start), m_vmm(std::move(vmm)), m_deadline(Clock::now() + start.limits.all) {}

  void run() {
    if (auto sent = send_all(); !sent) return give_up(std::move(sent).error());
    // A manager that does not listen is no reason to end the VM.
    if (m_start.is_ready_then) static_cast<void>(systemd::notify_and_wait("READY=1\nSTATUS=Running"));
  }

 private:
  Result<void> send_all() {
    VMCRED_TRY_ASSIGN(UniqueFd connection, connect_when_it_listens());
    for (const auto& request : m_start.requests) {
      if (!connection.valid()) {
        VMCRED_TRY_ASSIGN(connection, connect_to_api(m_start.socket, answer_time()));
      }
      const HttpRequest sent{.method = request.method,
                             .path = request.path,
                             .file = request.body.valid() ? &request.body : nullptr,
                             .descriptors = request.descriptors};
      VMCRED_TRY(ask_for_success(connection, sent, answer_time()));
      connection = UniqueFd();
    }
    return {};
  }

  Result<UniqueFd> connect_when_it_listens() {
    const auto deadline = std::min(m_deadline, Clock::now() + m_start.limits.socket);
    for (;;) {
      auto connection = connect_to_api(m_start.socket, deadline);
      if (connection || Clock::now() >= deadline) return connection;
      if (has_ended_within(k_connect_pause)) return connection;
    }
  }

  Clock::time_point answer_time() const {
    return std::min(m_deadline, Clock::now() + m_start.limits.request);
  }

  bool has_ended_within(Clock::duration time) const {
    return is_ready_by(Clock::now() + time, m_vmm.get(), POLLIN);
  }

  // One that ends by itself has said why; its socket closes a moment before it is gone.
  void give_up(Error error) {
    if (has_ended_within(std::chrono::milliseconds(200)))
      error = {.kind = base::ErrorKind::vmm, .what = "its hypervisor ended before it had its VM"};
    end_vmm(m_vmm, m_start.vm,
            std::move(error).with_hint("what the hypervisor says stands above, if anything; it was ended"));
  }

  const ApiStart& m_start;
  UniqueFd m_vmm;
  Clock::time_point m_deadline;
};

std::vector<int> all_descriptors(const ApiStart& start) {
  std::vector<int> all;
  for (const auto& request : start.requests) {
    if (request.body.valid()) all.push_back(request.body.get());
    all.insert(all.end(), request.descriptors.begin(), request.descriptors.end());
  }
  return all;
}

}  // namespace

Result<void> start_starter(const ApiStart& start) {
  const auto prepare = [&](UniqueFd vmm) -> Result<CompanionWork> {
    ::prctl(PR_SET_NAME, "vmcred-start");
    return CompanionWork([starter = std::make_shared<Starter>(start, std::move(vmm))] { starter->run(); });
  };
  VMCRED_TRY_ASSIGN(const Attendant starter, start_attendant(std::nullopt, all_descriptors(start), prepare));
  return starter.wait_until_it_begins();
}

}  // namespace vmcred::runner
