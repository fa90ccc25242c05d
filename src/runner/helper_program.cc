// SPDX-License-Identifier: Apache-2.0
#include "runner/helper_program.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <memory>
#include <thread>

#include "base/text.h"
#include "runner/deadline.h"
#include "runner/last_words.h"
#include "runner/listening.h"
#include "runner/replace_process.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;

constexpr auto k_until_it_listens = std::chrono::seconds(5);
constexpr auto k_pause = std::chrono::milliseconds(1);

// A VMM that ends hangs up on its helpers a moment before it is gone.
constexpr auto k_until_vmm_is_gone = std::chrono::seconds(2);

class Watch {
 public:
  Watch(HelperProgram helper, std::string vm_name, UniqueFd vmm)
      : m_helper(std::move(helper)), m_vm_name(std::move(vm_name)), m_vmm(std::move(vmm)) {}

  Result<void> begin() {
    ::unlink(m_helper.socket.c_str());
    VMCRED_TRY_ASSIGN(m_process, start_companion_program(std::nullopt, [this] { return become_helper(); }));
    const auto deadline = Clock::now() + k_until_it_listens;
    while (!is_listening(m_helper.socket)) {
      int status = 0;
      const bool has_ended = ::waitpid(m_process, &status, WNOHANG) == m_process;
      if (has_ended || Clock::now() >= deadline)
        return base::Error{.kind = base::ErrorKind::host,
                           .what = has_ended ? ended(status)
                                             : concat(m_helper.name, " does not listen on ", m_helper.socket),
                           .hint = "what it said about that stands above, if anything"};
      std::this_thread::sleep_for(k_pause);
    }
    return {};
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
    end_vmm(m_vmm, m_vm_name, {.kind = base::ErrorKind::host, .what = ended(status)});
  }

 private:
  base::Error become_helper() const {
    std::vector<std::string> words = {m_helper.program};
    words.insert(words.end(), m_helper.arguments.begin(), m_helper.arguments.end());
    return replace_process(m_helper.program, std::move(words), clean_environment());
  }

  std::string ended(int status) const {
    return WIFEXITED(status) ? concat(m_helper.name, " ended (exit code ", WEXITSTATUS(status), ")")
                             : concat(m_helper.name, " ended (signal ", WTERMSIG(status), ")");
  }

  HelperProgram m_helper;
  std::string m_vm_name;
  UniqueFd m_vmm;
  pid_t m_process = 0;
};

}  // namespace

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
