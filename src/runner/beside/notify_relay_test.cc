// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/notify_relay.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "support/temporary_directory.h"
#include "systemd/test_receiver.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// A relay in a thread, with the guest's and the manager's parts for the test to play. The VMM is a pipe: it
// "ends" when its other end is closed.
class NotifyRelayTest : public testing::Test {
 protected:
  NotifyRelayTest() {
    NotifyRelayEnds ends;
    ends.listener = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(ends.listener.get(), m_guest_side->get(), m_guest_side->size()), 0);
    EXPECT_EQ(::listen(ends.listener.get(), 16), 0);
    int vmm[2];
    EXPECT_EQ(::pipe2(vmm, O_CLOEXEC), 0);
    ends.vmm = UniqueFd(vmm[0]);
    m_vmm = UniqueFd(vmm[1]);
    ends.manager = m_tree.path("manager");
    m_thread = std::thread([this, relay = std::make_shared<NotifyRelay>(std::move(ends))] {
      relay->run();
      m_has_ended = true;
    });
  }
  ~NotifyRelayTest() override {
    m_vmm = UniqueFd();
    m_thread.join();
    m_is_over = true;
    m_listening.join();
  }
  NotifyRelayTest(const NotifyRelayTest&) = delete;
  NotifyRelayTest& operator=(const NotifyRelayTest&) = delete;
  NotifyRelayTest(NotifyRelayTest&&) = delete;
  NotifyRelayTest& operator=(NotifyRelayTest&&) = delete;

  UniqueFd connect() const {
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(socket.get(), m_guest_side->get(), m_guest_side->size()), 0);
    return socket;
  }

  // As the guest's PID 1: one connection, one message, and on only when the host has closed it.
  Clock::duration say(std::string_view message) const {
    const auto start = Clock::now();
    const UniqueFd socket = connect();
    EXPECT_EQ(::send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(message.size()));
    pollfd closing{.fd = socket.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&closing, 1, 60'000), 1) << "the relay does not close";
    return Clock::now() - start;
  }

  std::string heard(int patience_ms = 20'000) {
    std::unique_lock lock(m_mutex);
    if (!m_arrived.wait_for(lock, milliseconds(patience_ms), [this] { return !m_heard.empty(); }))
      return "(nothing)";
    std::string text = m_heard.front();
    m_heard.pop_front();
    return text;
  }

  // As the manager: takes every message as it comes, or the relay would wait with the next one.
  void listen() {
    while (!m_is_over) {
      pollfd waiting{.fd = m_manager.fd(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 20) != 1) continue;
      const std::lock_guard lock(m_mutex);
      m_heard.push_back(m_manager.next());
      m_arrived.notify_one();
    }
  }

  test_support::TemporaryDirectory m_tree;
  base::Result<systemd::UnixAddress> m_guest_side = systemd::UnixAddress::parse(m_tree.path("guest"));
  systemd::Receiver m_manager{m_tree.path("manager")};
  UniqueFd m_vmm;
  std::mutex m_mutex;
  std::condition_variable m_arrived;
  std::deque<std::string> m_heard;
  std::atomic<bool> m_has_ended = false;
  std::atomic<bool> m_is_over = false;
  std::thread m_thread;
  std::thread m_listening{[this] { listen(); }};
};

// W17: the seeds' relay took two seconds for each message, since it waited for the guest's end of the
// connection.
TEST_F(NotifyRelayTest, MessagesArriveInOrderAndWithoutDelay) {
  Clock::duration taken{};
  for (int i = 0; i < 20; ++i) taken += say(base::concat("X_SYSTEMD_UNIT_ACTIVE=", i, ".target"));
  taken += say("READY=1\nSTATUS=Ready.");
  EXPECT_LT(taken, seconds(2));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(heard(), base::concat("X_SYSTEMD_UNIT_ACTIVE=", i, ".target\n"));
  EXPECT_EQ(heard(), "READY=1\nSTATUS=Ready.\n");
}

TEST_F(NotifyRelayTest, WhatMayNotPassIsSwallowed) {
  say("MAINPID=1\nFDSTORE=1\nWATCHDOG=1");
  say("STATUS=x\nMAINPID=1");
  EXPECT_EQ(heard(), "STATUS=x\n");
  EXPECT_EQ(heard(50), "(nothing)");
}

TEST_F(NotifyRelayTest, AMessageWithoutAnEndIsCutOff) {
  const UniqueFd socket = connect();
  const std::string endless = "STATUS=" + std::string(64 * 1024, 'x');
  while (::send(socket.get(), endless.data(), endless.size(), MSG_NOSIGNAL) > 0) {}
  say("STATUS=after");
  // The first piece may have been short enough for a message.
  const std::string first = heard();
  EXPECT_TRUE(first == "STATUS=after\n" || heard() == "STATUS=after\n") << first;
}

TEST_F(NotifyRelayTest, SilentConnectionsDoNotKeepOthersOut) {
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(connect());
  EXPECT_LT(say("READY=1"), seconds(2));
  EXPECT_EQ(heard(), "READY=1\n");
}

// W24: thousands of connections, and descriptors on top, from a guest that has lost its mind.
TEST_F(NotifyRelayTest, AFloodIsBoundedAndReadinessGetsThrough) {
  const std::size_t before = open_descriptors();
  std::atomic<bool> over = false;
  std::atomic<int> connections = 0;
  std::vector<std::thread> guests;
  for (int i = 0; i < 4; ++i)
    guests.emplace_back([&] {
      while (!over) {
        const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (::connect(socket.get(), m_guest_side->get(), m_guest_side->size()) != 0) {
          std::this_thread::sleep_for(milliseconds(1));
          continue;
        }
        ++connections;
        static_cast<void>(::send(socket.get(), "STATUS=x\nX_SYSTEMD_UNIT_ACTIVE=x", 32, MSG_NOSIGNAL));
      }
    });
  std::this_thread::sleep_for(milliseconds(1500));
  say("READY=1");
  over = true;
  for (auto& guest : guests) guest.join();
  int messages = 0;
  bool is_ready = false;
  for (std::string text = heard(2000); text != "(nothing)"; text = heard(300)) {
    ++messages;
    is_ready = is_ready || text.starts_with("READY=1");
  }
  EXPECT_TRUE(is_ready);
  EXPECT_GT(connections, 60);
  EXPECT_LT(messages, 2000);
  EXPECT_FALSE(m_has_ended);
  EXPECT_LE(open_descriptors(), before + 17);
}

TEST_F(NotifyRelayTest, AManagerThatIsGoneDoesNotEndIt) {
  ASSERT_EQ(::unlink(m_tree.path("manager").c_str()), 0);
  say("STATUS=x");
  EXPECT_FALSE(m_has_ended);
}

TEST_F(NotifyRelayTest, EndsWithTheVmm) {
  m_vmm = UniqueFd();
  const auto deadline = Clock::now() + seconds(20);
  while (!m_has_ended && Clock::now() < deadline) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(m_has_ended);
}

}  // namespace
}  // namespace vmcred::runner
