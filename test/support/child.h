// SPDX-License-Identifier: Apache-2.0
// For tests: something done in a process of its own, for what can't be undone or must not be seen by other
// tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/unique_fd.h"
#include "support/bytes.h"

namespace vmcred::test_support {

struct ChildOutcome {
  int status;        // as waitpid() gives it
  std::string text;  // what it returned, or wrote to standard output

  bool exited_with(int code) const { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
  bool killed_by(int signal) const { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }
};

inline int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

// Runs `work` in a child whose standard output is a pipe to us; the text that it returns goes there as well.
// Assertions of the test framework have no effect in there: return a text and judge it here.
inline ChildOutcome in_child(const std::function<std::string()>& work) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd read_end(ends[0]);
  base::UniqueFd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(write_end.get(), STDOUT_FILENO);
    const std::string text = work();
    const bool written = base::write_all(STDOUT_FILENO, bytes_of(text), "pipe").has_value();
    ::_exit(written ? 0 : 125);
  }
  write_end = base::UniqueFd();
  ChildOutcome outcome{.status = 0, .text = {}};
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(read_end.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    outcome.text.append(buffer, static_cast<std::size_t>(n));
  }
  outcome.status = wait_for(child);
  return outcome;
}

inline constexpr uid_t k_nobody = 65534;

// For the work of in_child(): a user who has no rights, if we are root. "" or what went wrong.
inline std::string lose_root() {
  if (::geteuid() != 0) return "";
  if (::setresgid(k_nobody, k_nobody, k_nobody) != 0 || ::setresuid(k_nobody, k_nobody, k_nobody) != 0)
    return "can't become nobody";
  return "";
}

}  // namespace vmcred::test_support

// Ends the test as skipped, which the summary shows, where it can't prove anything without root.
#define VMCRED_NEEDS_ROOT() \
  if (::geteuid() != 0) GTEST_SKIP() << "needs root"

// Sanitizers turn mlock() into nothing, and reserve more memory than some limits allow.
#if defined(__SANITIZE_ADDRESS__)
#define VMCRED_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define VMCRED_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(VMCRED_ADDRESS_SANITIZER)
#define VMCRED_NEEDS_REAL_MLOCK() GTEST_SKIP() << "AddressSanitizer turns mlock() off"
#else
#define VMCRED_NEEDS_REAL_MLOCK() static_cast<void>(0)
#endif
