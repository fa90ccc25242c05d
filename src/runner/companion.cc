// SPDX-License-Identifier: Apache-2.0
#include "runner/companion.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

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
Result<void> let_go_of_descriptors(const UniqueFd& trouble) {
  const int kept = trouble.get();
  if (kept > STDERR_FILENO + 1 && ::close_range(STDERR_FILENO + 1, static_cast<unsigned>(kept - 1), 0) != 0)
    return base::errno_error("close descriptors");
  if (::close_range(static_cast<unsigned>(kept + 1), ~0U, 0) != 0)
    return base::errno_error("close descriptors");
  VMCRED_TRY_ASSIGN(const UniqueFd nothing, base::open_file("/dev/null", O_RDWR));
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO})
    if (::dup2(nothing.get(), stream) < 0) return base::errno_error("/dev/null");
  return {};
}

// After the user has changed, which clears it.
Result<void> die_with(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return base::errno_error("follow the VMM");
  if (::getppid() != parent) ::_exit(0);  // it ended before it could be followed
  return {};
}

Result<CompanionWork> begin(const std::optional<Identity>& identity, pid_t parent, const UniqueFd& trouble,
                            const std::function<Result<CompanionWork>()>& prepare) {
  VMCRED_TRY(let_go_of_descriptors(trouble));
  if (identity) VMCRED_TRY(become(*identity));
  VMCRED_TRY(die_with(parent));
  if (::chdir("/") != 0) return base::errno_error("/");
  ::signal(SIGPIPE, SIG_IGN);
  return prepare();
}

[[noreturn]] void be_companion(const std::optional<Identity>& identity, pid_t parent, UniqueFd trouble,
                               const std::function<Result<CompanionWork>()>& prepare) {
  const auto work = begin(identity, parent, trouble, prepare);
  if (!work) {
    tell(trouble, work.error());
    ::_exit(1);
  }
  trouble = UniqueFd();
  (*work)();
  ::_exit(0);
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

}  // namespace vmcred::runner
