// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/companion.h"

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
#include "base/text.h"
#include "base/unique_fd.h"

namespace vmcred::runner {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr std::size_t k_max_trouble_bytes = 4096;

// What a companion says first: that it has begun, and then what its work gives; or why it can't begin: the
// kind, the sentence and the hint, each ended by a NUL. The pipe's end closes then, by hand, by exec, or
// because the companion died: of those only an exec needs no words.
constexpr char k_begun = '+';

void tell_begun(const UniqueFd& trouble, std::string_view text) {
  const std::string all = base::concat(std::string(1, k_begun), text);
  static_cast<void>(base::write_all(trouble.get(), std::as_bytes(std::span(all)), "pipe"));
}

void tell(const UniqueFd& trouble, const Error& error) {
  std::string text = std::to_string(static_cast<int>(error.kind));
  for (const std::string_view part : {std::string_view(error.what), std::string_view(error.hint)}) {
    text += '\0';
    text += part;
  }
  text.resize(std::min(text.size(), k_max_trouble_bytes));
  static_cast<void>(base::write_all(trouble.get(), std::as_bytes(std::span(text)), "pipe"));
}

// What its work gives; nothing where it said not a word.
Result<std::optional<std::string>> heed(const UniqueFd& trouble) {
  std::string text(k_max_trouble_bytes, '\0');
  VMCRED_TRY_ASSIGN(const std::size_t size,
                    base::read_up_to(trouble.get(), std::as_writable_bytes(std::span(text)), "pipe"));
  if (size == 0) return std::optional<std::string>();
  if (text.front() == k_begun) return std::optional(text.substr(1, size - 1));
  const auto what = text.find('\0') + 1;
  const auto hint = text.find('\0', what) + 1;
  return Error{.kind = static_cast<ErrorKind>(std::stoi(text)),
               .what = text.c_str() + what,
               .hint = text.c_str() + hint};
}

Error died(std::string_view how) {
  return {.kind = ErrorKind::host,
          .what = base::concat("a process beside the VM's ended before its work was begun", how),
          .hint = "the kernel's log says whether memory ran out"};
}

Error died(int status) {
  return died(WIFSIGNALED(status) ? base::concat(" (signal ", WTERMSIG(status), ")")
                                  : base::concat(" (exit code ", WEXITSTATUS(status), ")"));
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
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

[[noreturn]] void give_up(const Error& error, const UniqueFd& trouble) {
  tell(trouble, error);
  ::_exit(1);
}

// Tells of a failure, or that there is none, and does the work.
[[noreturn]] void go_on(const Result<CompanionWork>& work, UniqueFd trouble) {
  if (!work) give_up(work.error(), trouble);
  tell_begun(trouble, "");
  trouble = UniqueFd();
  (*work)();
  ::_exit(0);
}

struct Child {
  pid_t process;
  UniqueFd trouble;  // our end
};

// Forks a process that ends with this one, and goes on by `run`, which does not return.
Result<Child> fork_child(const std::optional<Identity>& identity,
                         const std::function<void(UniqueFd trouble)>& run) {
  VMCRED_TRY_ASSIGN(base::Pipe pipe, base::make_pipe());
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return base::errno_error("fork");
  if (child > 0) return Child{.process = child, .trouble = std::move(pipe.reader)};
  const auto begin = [&]() -> Result<void> {
    VMCRED_TRY(leave_behind(identity, {pipe.writer.get()}));
    return die_with(parent);
  };
  if (auto begun = begin(); !begun) give_up(begun.error(), pipe.writer);
  run(std::move(pipe.writer));
  ::_exit(0);
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
  const auto run = [&](UniqueFd trouble) { go_on(prepare(), std::move(trouble)); };
  VMCRED_TRY_ASSIGN(const Child child, fork_child(identity, run));
  const auto begun = heed(child.trouble);
  if (begun && *begun) return child.process;
  const int status = wait_for(child.process);
  return begun ? died(status) : begun.error();
}

Result<pid_t> start_companion_program(const std::optional<Identity>& identity,
                                      const std::function<Error()>& become_program) {
  const auto run = [&](const UniqueFd& trouble) { give_up(become_program(), trouble); };
  VMCRED_TRY_ASSIGN(const Child child, fork_child(identity, run));
  if (const auto begun = heed(child.trouble); !begun) {
    wait_for(child.process);
    return begun.error();
  }
  return child.process;
}

Result<void> Attendant::wait_until_it_begins() const {
  VMCRED_TRY_ASSIGN(const auto begun, heed(m_trouble));
  if (!begun) return died("");
  return {};
}

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

Result<std::string> text_as(const std::optional<Identity>& identity,
                            const std::function<Result<std::string>()>& work) {
  const auto run = [&](const UniqueFd& trouble) {
    const auto text = work();
    if (!text) give_up(text.error(), trouble);
    tell_begun(trouble, *text);
  };
  VMCRED_TRY_ASSIGN(const Child child, fork_child(identity, run));
  auto text = heed(child.trouble);
  const int status = wait_for(child.process);
  if (!text) return std::move(text).error();
  if (!*text || status != 0) return died(status);
  return **std::move(text);
}

Result<void> do_as(const std::optional<Identity>& identity, const std::function<Result<void>()>& work) {
  const auto no_text = [&]() -> Result<std::string> {
    VMCRED_TRY(work());
    return std::string();
  };
  VMCRED_TRY(text_as(identity, no_text));
  return {};
}

}  // namespace vmcred::runner
