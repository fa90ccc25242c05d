// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/pull_server.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <atomic>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "runner/handover/http_client.h"
#include "runner/socket/local_listener.h"
#include "secret/sealed_file.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A guest's end of a connection.
class Guest {
 public:
  explicit Guest(const std::string& path) : m_socket(*connect_to_api(path, Clock::now() + seconds(20))) {}
  explicit Guest(UniqueFd socket) : m_socket(std::move(socket)) {}

  void say(std::string_view text) const {
    EXPECT_EQ(::send(m_socket.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // So many bytes, or as many as come until the host closes or is silent.
  std::string hear(std::size_t size, milliseconds patience = seconds(20)) const {
    std::string text;
    const auto deadline = Clock::now() + patience;
    while (text.size() < size && is_ready_by(deadline, m_socket.get(), POLLIN)) {
      std::string part(size - text.size(), '\0');
      const ssize_t n = ::recv(m_socket.get(), part.data(), part.size(), MSG_DONTWAIT);
      if (n <= 0) break;
      text.append(part, 0, static_cast<std::size_t>(n));
    }
    return text;
  }
  bool is_hung_up_on() const {
    char nothing = 0;
    return is_ready_by(Clock::now() + seconds(20), m_socket.get(), POLLIN) &&
           ::recv(m_socket.get(), &nothing, 1, MSG_DONTWAIT) <= 0;
  }

 private:
  UniqueFd m_socket;
};

class PullServerTest : public testing::Test {
 protected:
  // Stands for the VMM. Made first, so that it has none of the server's descriptors. What serves in earnest
  // is a companion, and those ignore SIGPIPE.
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    m_vmm = ::fork();
    if (m_vmm == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) ::pause();
    }
  }

  // A thread that serves.
  void serve(PullPlace place, PullServer::Limits limits = {}) {
    m_answer = *secret::make_sealed_file("answer", test_support::bytes_of(m_set));
    UniqueFd vmm(static_cast<int>(::syscall(SYS_pidfd_open, m_vmm, 0)));
    const PullAnswerFile answer{.file = m_answer.get(), .size = m_set.size()};
    m_server = std::thread([place = std::move(place), answer, vmm = std::move(vmm), limits, this]() mutable {
      PullServer(std::move(place), answer, std::move(vmm), limits).run();
      m_is_over = true;
    });
  }
  void listen(PullServer::Limits limits = {}) { serve({.listener = *listen_locally(m_socket)}, limits); }
  void end_vmm() {
    if (m_vmm > 0) {
      ::kill(m_vmm, SIGKILL);
      test_support::wait_for(m_vmm);
    }
    m_vmm = -1;
  }
  void TearDown() override {
    end_vmm();
    m_server.join();
  }
  bool is_over_soon() const {
    for (int i = 0; i < 2000 && !m_is_over; ++i) std::this_thread::sleep_for(milliseconds(5));
    return m_is_over;
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_socket = m_tree.path("vsock.sock_9998");
  std::string m_set = "8 bytes." + std::string(3'000'000, 's') + "end";  // more than a socket holds
  UniqueFd m_answer;
  pid_t m_vmm = -1;
  std::thread m_server;
  std::atomic<bool> m_is_over = false;
};

TEST_F(PullServerTest, AGuestGetsTheSetOnceAndNobodyAfterIt) {
  listen();
  const Guest guest(m_socket);
  guest.say("vmcred-pull 1\n");
  EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
  guest.say("taken\n");
  EXPECT_TRUE(is_over_soon());
  EXPECT_FALSE(connect_to_api(m_socket, Clock::now()));
}

TEST_F(PullServerTest, AGuestThatBreaksOffGetsTheSetAgain) {
  listen();
  {
    const Guest broken(m_socket);
    broken.say("vmcred-pull 1\n");
    EXPECT_EQ(broken.hear(100).size(), 100U);
  }
  const Guest guest(m_socket);
  guest.say("vmcred-pull 1\n");
  EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
  guest.say("taken\n");
  EXPECT_TRUE(is_over_soon());
}

TEST_F(PullServerTest, TwoAtOnceAreServedAndTheFirstThatHasItEndsIt) {
  listen();
  const Guest one(m_socket);
  const Guest other(m_socket);
  one.say("vmcred-pull 1\n");
  other.say("vmcred-pull");
  EXPECT_TRUE(one.hear(m_set.size()) == m_set);
  other.say(" 1\n");
  EXPECT_TRUE(other.hear(m_set.size()) == m_set);
  other.say("taken\n");
  EXPECT_TRUE(is_over_soon());
  EXPECT_TRUE(one.is_hung_up_on());
}

TEST_F(PullServerTest, AGuestThatNeverSaysTakenIsClosedAndMayComeAgain) {
  listen({.connections = 4, .connection = milliseconds(100)});
  for (int i = 0; i < 2; ++i) {
    const Guest guest(m_socket);
    guest.say("vmcred-pull 1\n");
    EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
    EXPECT_TRUE(guest.is_hung_up_on());
  }
  EXPECT_FALSE(m_is_over);
}

TEST_F(PullServerTest, ThoseWhoSayNothingGiveWayToNewerOnes) {
  listen({.connections = 2, .connection = seconds(60)});
  const Guest silent(m_socket);
  const Guest slow(m_socket);
  const Guest third(m_socket);
  EXPECT_TRUE(silent.is_hung_up_on());
  third.say("vmcred-pull 1\n");
  EXPECT_TRUE(third.hear(m_set.size()) == m_set);
}

TEST_F(PullServerTest, WhoTalksSomethingElseIsHungUpOn) {
  listen();
  for (const std::string text :
       {"vmcred-pull 2\n", "GET / HTTP/1.1\r\n", "taken\n", "\n", "a line without an end"}) {
    const Guest guest(m_socket);
    guest.say(text);
    EXPECT_TRUE(guest.is_hung_up_on()) << text;
  }
  const Guest early(m_socket);
  early.say("vmcred-pull 1\ntaken\n");  // before it can have the set
  EXPECT_TRUE(early.is_hung_up_on());
  EXPECT_FALSE(m_is_over);
}

TEST_F(PullServerTest, ItEndsWithTheVmm) {
  listen();
  const Guest guest(m_socket);
  end_vmm();
  EXPECT_TRUE(is_over_soon());
}

// The VMM makes the port's socket after us, and keeps its end of the connection whatever the guest does.
TEST_F(PullServerTest, ThroughAPortAGuestThatAsksAgainBeginsAnew) {
  serve({.port_socket = m_tree.path("credentials.sock")});
  std::this_thread::sleep_for(milliseconds(20));
  const auto listener = listen_locally(m_tree.path("credentials.sock"));
  ASSERT_TRUE(listener && is_ready_by(Clock::now() + seconds(20), listener->get(), POLLIN));
  const Guest guest(UniqueFd(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC)));
  guest.say("vmcred-pull 1\n");
  EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
  guest.say("vmcred-pull 1\n");  // it has crashed, and booted again
  EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
  guest.say("taken\n");
  EXPECT_TRUE(is_over_soon());
}

TEST_F(PullServerTest, APortThatHangsUpIsReachedAgain) {
  serve({.port_socket = m_tree.path("credentials.sock")});
  const auto listener = listen_locally(m_tree.path("credentials.sock"));
  ASSERT_TRUE(listener);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ready_by(Clock::now() + seconds(20), listener->get(), POLLIN));
    const Guest guest(UniqueFd(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC)));
    guest.say("vmcred-pull 1\n");
    EXPECT_TRUE(guest.hear(m_set.size()) == m_set);
  }
}

}  // namespace
}  // namespace vmcred::runner
