// SPDX-License-Identifier: Apache-2.0
// What a process behind the filter can still do, each by a real call of a child's.
#include "confine/system_calls.h"

#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <functional>

#include "base/text.h"
#include "support/child.h"

namespace vmcred::confine {
namespace {

// What `call` fails with behind a filter of these rules, and without one.
struct Errors {
  int behind;
  int without;
};

int error_of(const std::function<long()>& call, const SystemCallFilter* filter) {
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (filter != nullptr && filter->apply() != 0) return "no filter";
    return call() < 0 ? std::to_string(errno) : "0";
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.text;
  return outcome.text.empty() || outcome.text.front() == 'n' ? -1 : std::stoi(outcome.text);
}

Errors errors_of(const std::function<long()>& call, const SystemCallRules& rules = {}) {
  const auto filter = SystemCallFilter::make(rules);
  EXPECT_TRUE(filter) << filter.error().what;
  return {.behind = error_of(call, &*filter), .without = error_of(call, nullptr)};
}

TEST(SystemCalls, DeniesKeyrings) {
  const auto read = [] { return ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1); };
  EXPECT_EQ(errors_of(read).behind, EPERM);
  EXPECT_NE(errors_of(read).without, EPERM);
  const auto ring = [] { return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); };
  EXPECT_EQ(errors_of(ring).behind, EPERM);
  EXPECT_EQ(
      errors_of([] { return ::syscall(SYS_add_key, "user", "x", "y", 1, KEY_SPEC_PROCESS_KEYRING); }).behind,
      EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_request_key, "user", "x", nullptr, 0); }).behind, EPERM);
}

TEST(SystemCalls, DeniesToTypeIntoATerminal) {
  for (const unsigned long upper : {0UL, 1UL << 32, ~0UL << 32}) {
    const auto type = [&] { return ::syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI | upper, "x"); };
    EXPECT_EQ(errors_of(type).behind, EPERM) << upper;
    const auto paste = [&] { return ::syscall(SYS_ioctl, -1, TIOCLINUX | upper, "x"); };
    EXPECT_EQ(errors_of(paste).behind, EPERM) << upper;
    EXPECT_EQ(errors_of(paste).without, EBADF) << upper;
  }
}

TEST(SystemCalls, DeniesNewNamespacesAndMounts) {
  for (const int flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWUSER | CLONE_FS}) {
    EXPECT_EQ(errors_of([=] { return ::unshare(flag); }).behind, EPERM) << flag;
    const auto clone = [=] { return ::syscall(SYS_clone, flag | SIGCHLD, nullptr, nullptr, nullptr, 0); };
    EXPECT_EQ(errors_of(clone).behind, EPERM) << flag;
  }
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_clone3, nullptr, 0); }).behind, ENOSYS);
  EXPECT_EQ(errors_of([] { return ::setns(-1, 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::mount(nullptr, "/", nullptr, MS_REC, nullptr); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::umount2("/nowhere", 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::fsopen("tmpfs", 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(467, -1, "", 0, nullptr, 0); }).behind, EPERM);
}

TEST(SystemCalls, AllowsNamespacesWhereTheyAreAskedFor) {
  const SystemCallRules rules{.namespaces = true};
  EXPECT_EQ(errors_of([] { return ::umount2("/nowhere", 0); }, rules).behind,
            geteuid() == 0 ? ENOENT : EPERM);
  EXPECT_EQ(errors_of([] { return ::setns(-1, 0); }, rules).behind, EBADF);
}

TEST(SystemCalls, DeniesTheKernelsRarerDoors) {
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_bpf, -1, nullptr, 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_userfaultfd, -1); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_init_module, nullptr, 0, ""); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_kexec_load, 0, 0, nullptr, 0); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_personality, 0x0008); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }).behind, EPERM);
  EXPECT_EQ(errors_of([] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }).without, 0);
  EXPECT_EQ(errors_of([] { return ::syscall(SYS_pidfd_getfd, -1, 0, 0); }).behind, EPERM);
}

TEST(SystemCalls, DeniesIoUringUnlessItIsAskedFor) {
  io_uring_params parameters{};
  const auto set_up = [&] { return ::syscall(SYS_io_uring_setup, 0, &parameters); };
  EXPECT_EQ(errors_of(set_up).behind, EPERM);
  const Errors allowed = errors_of(set_up, {.io_uring = true});
  EXPECT_EQ(allowed.behind, allowed.without);
}

TEST(SystemCalls, DeniesWhatIsNewerThanTheList) {
  EXPECT_EQ(errors_of([] { return ::syscall(470, 0, 0, 0); }).behind, ENOSYS);
  EXPECT_EQ(errors_of([] { return ::syscall(100'000, 0, 0, 0); }).behind, ENOSYS);
}

TEST(SystemCalls, MakesSocketsOfTheNamedFamiliesAlone) {
  const SystemCallRules rules{.socket_families = std::vector<int>{AF_UNIX}};
  const auto make = [](int family, unsigned long upper = 0) {
    return [=] { return ::syscall(SYS_socket, upper | static_cast<unsigned>(family), SOCK_STREAM, 0); };
  };
  EXPECT_EQ(errors_of(make(AF_UNIX), rules).behind, 0);
  for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_VSOCK, AF_ALG, AF_PACKET})
    for (const unsigned long upper : {0UL, 1UL << 32})
      EXPECT_EQ(errors_of(make(family, upper), rules).behind, EAFNOSUPPORT) << family;
  EXPECT_EQ(errors_of(make(AF_INET)).behind, 0);
}

TEST(SystemCalls, LetsOrdinaryProgramsWork) {
  const auto filter = *SystemCallFilter::make({.socket_families = std::vector<int>{AF_UNIX}});
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (filter.apply() != 0) return "no filter";
    ::execl("/bin/bash", "bash", "-c",
            "set -e; x=$(mktemp -d); echo hi | (cat; exit 0) > $x/a; (sleep 0 & wait); ln -s a $x/b; cat "
            "$x/b; rm -r $x;"
            "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status",
            nullptr);
    return "no bash";
  });
  EXPECT_EQ(outcome.text, "hi\nNoNewPrivs:\t1\nSeccomp:\t2\n");
}

TEST(SystemCalls, HasAFileForBubblewrap) {
  const auto filter = *SystemCallFilter::make({});
  const auto file = filter.file();
  ASSERT_TRUE(file);
  EXPECT_EQ(::lseek(file->get(), 0, SEEK_CUR), 0);
  const off_t size = ::lseek(file->get(), 0, SEEK_END);
  EXPECT_GT(size, 0);
  EXPECT_EQ(size % static_cast<off_t>(sizeof(sock_filter)), 0);
}

}  // namespace
}  // namespace vmcred::confine
