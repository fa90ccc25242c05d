// SPDX-License-Identifier: Apache-2.0
// QEMU. StratoVirt speaks the same, but has no power button for its guests.
#include <array>
#include <string_view>

#include "base/text.h"
#include "runner/stop/qmp.h"
#include "runner/stop/stop_way.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

class QmpWay : public StopWay {
 public:
  explicit QmpWay(QmpClient qmp) : m_qmp(std::move(qmp)) {}

  bool ask_guest(bool is_late, const Say& say) override {
    if (!m_qmp.execute("system_powerdown", Clock::now() + k_answer_time)) return false;
    if (!is_late) return true;
    if (!m_by_keyboard) say("the guest does not react to its power button yet, pressing ctrl-alt-delete too");
    m_by_keyboard = true;
    // A guest that is shutting down already takes no notice, nor does one without a keyboard.
    static constexpr std::array<std::string_view, 3> k_keys = {"ctrl", "alt", "delete"};
    static_cast<void>(m_qmp.press_keys(k_keys, Clock::now() + k_answer_time));
    return true;
  }

  // The answer to quit may be lost with the connection; only the process's end counts.
  bool end_hypervisor() override {
    static_cast<void>(m_qmp.execute("quit", Clock::now() + k_answer_time));
    return true;
  }

 private:
  QmpClient m_qmp;
  bool m_by_keyboard = false;
};

}  // namespace

base::Result<std::unique_ptr<StopWay>> open_qmp_way(const std::string& runtime_directory) {
  const std::string socket = base::concat(runtime_directory, "/", vmm::k_qmp_socket);
  VMCRED_TRY_ASSIGN(QmpClient qmp, QmpClient::connect(socket, Clock::now() + k_answer_time));
  return std::unique_ptr<StopWay>(std::make_unique<QmpWay>(std::move(qmp)));
}

}  // namespace vmcred::runner
