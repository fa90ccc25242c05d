// SPDX-License-Identifier: Apache-2.0
#include "provider/guard.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <string>

#include "credential/credential.h"

namespace vmcred::provider {
namespace {

using base::UniqueFd;

struct Pair {
  UniqueFd ours;
  UniqueFd readers;
};

Pair connection() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// All that comes until the end of the stream; -1 where none comes within `patience_ms`.
long read_to_end(int fd, int patience_ms = 5000) {
  long total = 0;
  static char buffer[64 * 1024];
  for (;;) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms) == 0) return -1;
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) return total;
    total += n;
  }
}

// A provider in a process of its own: holds the connection, sends `text`, and then does `last` and dies.
template <typename Last>
void provide_and_die(const UniqueFd& connection, const std::string& text, const Last& last) {
  const pid_t provider = ::fork();
  if (provider == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Guard guard;
    const bool held = guard.hold(7, connection.get()).has_value();
    const bool sent =
        ::send(connection.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    if (!held || !sent) ::_exit(1);
    last(guard);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(provider, nullptr, 0);
}

TEST(GuardTest, ConnectionsOfADeadProviderAreRefused) {
  for (const std::string& begun : {std::string(), std::string(1000, 'x')}) {
    Pair pair = connection();
    provide_and_die(pair.ours, begun, [](const Guard&) {});
    pair.ours = UniqueFd();
    EXPECT_GT(read_to_end(pair.readers.get()), static_cast<long>(credential::k_max_credential_bytes));
  }
}

TEST(GuardTest, ACompleteAnswerStaysAsItIs) {
  Pair pair = connection();
  provide_and_die(pair.ours, "value", [](const Guard& guard) { guard.release(7); });
  pair.ours = UniqueFd();
  EXPECT_EQ(read_to_end(pair.readers.get()), 5);
}

TEST(GuardTest, TheEndOfAnAnswerIsSeenAtOnce) {
  const Pair pair = connection();
  Guard guard;
  ASSERT_TRUE(guard.hold(1, pair.ours.get()));
  ASSERT_EQ(::send(pair.ours.get(), "x", 1, 0), 1);
  ::shutdown(pair.ours.get(), SHUT_WR);
  EXPECT_EQ(read_to_end(pair.readers.get()), 1);
}

TEST(GuardTest, AKilledGuardIsReplaced) {
  Guard guard;
  ASSERT_TRUE(guard.start());
  Pair pair = connection();
  const std::string children = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
  FILE* file = ::fopen(children.c_str(), "r");
  int child = 0;
  if (file == nullptr || ::fscanf(file, "%d", &child) != 1)
    GTEST_SKIP() << "the kernel does not list children";
  ::fclose(file);
  ::kill(child, SIGKILL);
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_TRUE(guard.hold(1, pair.ours.get()));
  pair.ours = UniqueFd();
  EXPECT_EQ(read_to_end(pair.readers.get(), 200), -1);  // it is held
  guard.release(1);
  EXPECT_EQ(read_to_end(pair.readers.get()), 0);
}

TEST(GuardTest, AReaderThatDoesNotReadIsGivenUp) {
  Pair pair = connection();
  {
    Guard guard(std::chrono::milliseconds(200));
    ASSERT_TRUE(guard.hold(1, pair.ours.get()));
    pair.ours = UniqueFd();
  }
  ::usleep(600'000);
  EXPECT_LT(read_to_end(pair.readers.get()), static_cast<long>(credential::k_max_credential_bytes));
}

}  // namespace
}  // namespace vmcred::provider
