// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/helper_program.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <memory>

#include "base/process.h"
#include "base/text.h"
#include "runner/beside/last_words.h"
#include "runner/handover/replace_process.h"
#include "runner/socket/deadline.h"
#include "runner/socket/listening.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;

// A VMM that ends hangs up on its helpers a moment before it is gone.
constexpr auto k_until_vmm_is_gone = std::chrono::seconds(2);

class Watch {
 public:
  Watch(HelperProgram helper, std::string vm_name, UniqueFd vmm)
      : m_helper(std::move(helper)), m_vm_name(std::move(vm_name)), m_vmm(std::move(vmm)) {}

  Result<void> begin() {
    ::unlink(m_helper.socket.c_str());
    VMCRED_TRY_ASSIGN(m_process, start_companion_program(std::nullopt, [this] { return become_helper(); }));
    return wait_until_it_listens(m_process, m_helper.socket, m_helper.name);
  }

  // The helper is killed when this process ends.
  void run() const {
    const UniqueFd helper(static_cast<int>(::syscall(SYS_pidfd_open, m_process, 0)));
    std::array<pollfd, 2> waiting = {{{.fd = m_vmm.get(), .events = POLLIN, .revents = 0},
                                      {.fd = helper.get(), .events = POLLIN, .revents = 0}}};
    while (::poll(waiting.data(), waiting.size(), -1) < 0) {}
    if (waiting[0].revents != 0 || is_ready_by(Clock::now() + k_until_vmm_is_gone, m_vmm.get(), POLLIN))
      return;
    int status = 0;
    ::waitpid(m_process, &status, 0);
    end_vmm(m_vmm, m_vm_name, {.kind = base::ErrorKind::host, .what = how_it_ended(m_helper.name, status)});
  }

 private:
  base::Error become_helper() const {
    std::vector<std::string> words = {m_helper.program};
    words.insert(words.end(), m_helper.arguments.begin(), m_helper.arguments.end());
    return replace_process(m_helper.program, std::move(words), clean_environment());
  }

  HelperProgram m_helper;
  std::string m_vm_name;
  UniqueFd m_vmm;
  pid_t m_process = 0;
};

}  // namespace

std::string find_helper(std::string_view name, std::initializer_list<std::string_view> directories) {
  if (auto path = base::find_on_path(name); !path.empty()) return path;
  for (const std::string_view directory : directories)
    if (auto path = concat(directory, "/", name); base::is_program(path)) return path;
  return {};
}

Result<Attendant> start_helper(const HelperProgram& helper, const std::string& vm_name,
                               const std::optional<Identity>& identity) {
  return start_attendant(identity, {}, [&](UniqueFd vmm) -> Result<CompanionWork> {
    const auto watch = std::make_shared<Watch>(helper, vm_name, std::move(vmm));
    VMCRED_TRY(watch->begin());
    ::prctl(PR_SET_NAME, "vmcred-watch");
    return CompanionWork([watch] { watch->run(); });
  });
}

}  // namespace vmcred::runner
