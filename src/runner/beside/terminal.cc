// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <span>

#include "runner/beside/companion.h"
#include "runner/socket/deadline.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;

constexpr const char* k_device = "/dev/ptmx";

// Input and output are opened apart: a VMM that makes its input non-blocking must not lose output by it.
struct Terminal {
  UniqueFd master;
  UniqueFd input;
  UniqueFd output;
};

// No echo, no line at a time, no "\r\n" for "\n".
Result<void> leave_bytes_alone(const UniqueFd& terminal) {
  termios settings{};
  if (::tcgetattr(terminal.get(), &settings) != 0) return base::errno_error("terminal");
  ::cfmakeraw(&settings);
  if (::tcsetattr(terminal.get(), TCSANOW, &settings) != 0) return base::errno_error("terminal");
  return {};
}

// The slaves come from the master, not by its name, which may mean another terminal in another mount
// namespace.
Result<Terminal> make_terminal() {
  constexpr int k_flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  Terminal terminal;
  terminal.master = UniqueFd(::posix_openpt(k_flags | O_NONBLOCK));
  if (!terminal.master.valid() || ::unlockpt(terminal.master.get()) != 0) return base::errno_error(k_device);
  for (auto* slave : {&terminal.input, &terminal.output}) {
    *slave = UniqueFd(::ioctl(terminal.master.get(), TIOCGPTPEER, k_flags));
    if (!slave->valid()) return base::errno_error(k_device);
  }
  VMCRED_TRY(leave_bytes_alone(terminal.input));
  return terminal;
}

// Whoever ends the VMM's whole group of processes still gets its last words.
void outlive_the_vmm() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) ::signal(signal, SIG_IGN);
}

Result<void> start_copying(Terminal& terminal) {
  UniqueFd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!output.valid()) return base::errno_error("standard output");
  const std::array kept = {terminal.master.get(), output.get()};
  const auto prepare = [&](UniqueFd vmm) -> Result<CompanionWork> {
    ::prctl(PR_SET_NAME, "vmcred-terminal");
    outlive_the_vmm();
    return CompanionWork([copy = std::make_shared<TerminalCopy>(std::move(terminal.master), std::move(output),
                                                                std::move(vmm))] { copy->run(); });
  };
  VMCRED_TRY_ASSIGN(const Attendant attendant, start_attendant(std::nullopt, kept, prepare));
  return attendant.wait_until_it_begins();
}

// False: there is no reader any more.
bool write_patiently(const UniqueFd& output, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(output.get(), bytes.data(), bytes.size());
    if (n >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    else if (errno == EAGAIN)  // whoever shares the output with us wants it like that
      is_ready_by(Clock::time_point::max(), output.get(), POLLOUT);
    else if (errno != EINTR)
      return false;
  }
  return true;
}

}  // namespace

TerminalCopy::TerminalCopy(UniqueFd master, UniqueFd output, UniqueFd vmm)
    : m_master(std::move(master)), m_output(std::move(output)), m_vmm(std::move(vmm)) {}

TerminalCopy::Progress TerminalCopy::copy_some() {
  std::array<std::byte, 4096> buffer{};
  const ssize_t n = ::read(m_master.get(), buffer.data(), buffer.size());
  if (n < 0 && errno == EAGAIN) return Progress::nothing_there;
  if (n < 0 && errno == EINTR) return Progress::copied;
  if (n <= 0) return Progress::over;  // EIO: nobody has the terminal open
  const auto bytes = std::span(buffer).first(static_cast<std::size_t>(n));
  m_has_reader = m_has_reader && write_patiently(m_output, bytes);
  return Progress::copied;
}

void TerminalCopy::run() {
  bool has_vmm_ended = false;
  for (;;) {
    const Progress progress = copy_some();
    if (progress == Progress::over) return;
    if (progress == Progress::copied) continue;
    if (has_vmm_ended) return;
    std::array<pollfd, 2> waiting = {{{.fd = m_master.get(), .events = POLLIN, .revents = 0},
                                      {.fd = m_vmm.get(), .events = POLLIN, .revents = 0}}};
    ::poll(waiting.data(), waiting.size(), -1);
    has_vmm_ended = waiting[1].revents != 0;
  }
}

Result<void> ensure_terminal() {
  if (::isatty(STDIN_FILENO) == 1) return {};
  VMCRED_TRY_ASSIGN(Terminal terminal, make_terminal());
  VMCRED_TRY(start_copying(terminal));
  if (::dup2(terminal.input.get(), STDIN_FILENO) < 0 || ::dup2(terminal.output.get(), STDOUT_FILENO) < 0)
    return base::errno_error("terminal");
  return {};
}

}  // namespace vmcred::runner
