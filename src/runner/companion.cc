// SPDX-License-Identifier: Apache-2.0
#include "runner/companion.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "base/file.h"
#include "base/pipe.h"
#include "base/unique_fd.h"

namespace vmcred::runner {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr std::size_t k_max_trouble_bytes = 4096;

// How a companion tells why it can't begin: the kind, the sentence and the hint, each ended by a NUL. Nothing
// means that it has begun: the pipe's end closes then, by exec or by hand.
void tell(const UniqueFd& trouble, const Error& error) {
  std::string text = std::to_string(static_cast<int>(error.kind));
  for (const std::string_view part : {std::string_view(error.what), std::string_view(error.hint)}) {
    text += '\0';
    text += part;
  }
  text.resize(std::min(text.size(), k_max_trouble_bytes));
  static_cast<void>(base::write_all(trouble.get(), std::as_bytes(std::span(text)), "pipe"));
}

Result<void> heed(const UniqueFd& trouble) {
  std::string text(k_max_trouble_bytes, '\0');
  VMCRED_TRY_ASSIGN(const std::size_t size,
                    base::read_up_to(trouble.get(), std::as_writable_bytes(std::span(text)), "pipe"));
  if (size == 0) return {};
  const auto what = text.find('\0') + 1;
  const auto hint = text.find('\0', what) + 1;
  return Error{.kind = static_cast<ErrorKind>(std::stoi(text)),
               .what = text.c_str() + what,
               .hint = text.c_str() + hint};
}

// Standard error stays: what a companion has to say belongs into the VM's log.
Result<void> let_go_of_descriptors(std::vector<int> kept) {
  std::ranges::sort(kept);
  int next = STDERR_FILENO + 1;
  for (const int fd : kept) {
    if (fd > next && ::close_range(static_cast<unsigned>(next), static_cast<unsigned>(fd - 1), 0) != 0)
      return base::errno_error("close descriptors");
    next = std::max(next, fd + 1);
  }
  if (::close_range(static_cast<unsigned>(next), ~0U, 0) != 0) return base::errno_error("close descriptors");
  VMCRED_TRY_ASSIGN(const UniqueFd nothing, base::open_file("/dev/null", O_RDWR));
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO})
    if (::dup2(nothing.get(), stream) < 0) return base::errno_error("/dev/null");
  return {};
}

// What every process beside the VMM does first.
Result<void> leave_behind(const std::optional<Identity>& identity, const std::vector<int>& kept) {
  VMCRED_TRY(let_go_of_descriptors(kept));
  if (identity) VMCRED_TRY(become(*identity));
  if (::chdir("/") != 0) return base::errno_error("/");
  ::signal(SIGPIPE, SIG_IGN);
  return {};
}

// After the user has changed, which clears it.
Result<void> die_with(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return base::errno_error("follow the VMM");
  if (::getppid() != parent) ::_exit(0);  // it ended before it could be followed
  return {};
}

// Tells of a failure, or that there is none, and does the work.
[[noreturn]] void go_on(const Result<CompanionWork>& work, UniqueFd trouble) {
  if (!work) {
    tell(trouble, work.error());
    ::_exit(1);
  }
  trouble = UniqueFd();
  (*work)();
  ::_exit(0);
}

[[noreturn]] void be_companion(const std::optional<Identity>& identity, pid_t parent, UniqueFd trouble,
                               const std::function<Result<CompanionWork>()>& prepare) {
  const auto begin = [&]() -> Result<CompanionWork> {
    VMCRED_TRY(leave_behind(identity, {trouble.get()}));
    VMCRED_TRY(die_with(parent));
    return prepare();
  };
  const auto work = begin();
  go_on(work, std::move(trouble));
}

[[noreturn]] void be_attendant(const std::optional<Identity>& identity, UniqueFd vmm, std::vector<int> kept,
                               UniqueFd trouble,
                               const std::function<Result<CompanionWork>(UniqueFd)>& prepare) {
  kept.insert(kept.end(), {vmm.get(), trouble.get()});
  const auto begin = [&]() -> Result<CompanionWork> {
    VMCRED_TRY(leave_behind(identity, kept));
    return prepare(std::move(vmm));
  };
  const auto work = begin();
  go_on(work, std::move(trouble));
}

}  // namespace

Result<pid_t> start_companion(const std::optional<Identity>& identity,
                              const std::function<Result<CompanionWork>()>& prepare) {
  VMCRED_TRY_ASSIGN(base::Pipe pipe, base::make_pipe());
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return base::errno_error("fork");
  if (child == 0) be_companion(identity, parent, std::move(pipe.writer), prepare);
  pipe.writer = UniqueFd();
  if (auto begun = heed(pipe.reader); !begun) {
    ::waitpid(child, nullptr, 0);
    return std::move(begun).error();
  }
  return child;
}

Result<void> Attendant::wait_until_it_begins() const { return heed(m_trouble); }

Result<Attendant> start_attendant(const std::optional<Identity>& identity, std::span<const int> kept,
                                  const std::function<Result<CompanionWork>(UniqueFd)>& prepare) {
  VMCRED_TRY_ASSIGN(base::Pipe pipe, base::make_pipe());
  UniqueFd vmm(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!vmm.valid()) return base::errno_error("the VMM's process");
  const pid_t child = ::fork();
  if (child < 0) return base::errno_error("fork");
  if (child == 0) {
    // The one between ends at once, and leaves the attendant to the system.
    const pid_t attendant = ::fork();
    if (attendant == 0)
      be_attendant(identity, std::move(vmm), {kept.begin(), kept.end()}, std::move(pipe.writer), prepare);
    if (attendant < 0) tell(pipe.writer, base::errno_error("fork"));
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  return Attendant(std::move(pipe.reader));
}

Result<void> do_as(const std::optional<Identity>& identity, const std::function<Result<void>()>& work) {
  const auto begin_and_end = [&]() -> Result<CompanionWork> {
    VMCRED_TRY(work());
    return CompanionWork([] {});
  };
  VMCRED_TRY_ASSIGN(const pid_t child, start_companion(identity, begin_and_end));
  ::waitpid(child, nullptr, 0);
  return {};
}

}  // namespace vmcred::runner
