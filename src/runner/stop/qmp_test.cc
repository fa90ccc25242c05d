// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/qmp.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <csignal>

#include "support/fake_qmp.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;
using test_support::FakeQmp;
using test_support::FakeQmpConnection;
using test_support::FakeQmpEnd;
using test_support::FakeQmpManners;
using test_support::k_qmp_done;
using test_support::k_qmp_event;
using test_support::k_qmp_greeting;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;

Clock::time_point soon() { return Clock::now() + milliseconds(150); }
Clock::time_point later() { return Clock::now() + std::chrono::seconds(20); }

class QmpClientTest : public testing::Test {
 protected:
  // Why no client could be made from this peer.
  base::Error failure(const FakeQmp::Play& play, Clock::time_point deadline) const {
    FakeQmp qemu(m_socket, play);
    auto client = QmpClient::connect(m_socket, deadline);
    EXPECT_FALSE(client);
    ::unlink(m_socket.c_str());
    return client ? base::Error{.kind = ErrorKind::usage, .what = "connected"} : std::move(client).error();
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_socket = m_tree.path("qmp.sock");
};

TEST_F(QmpClientTest, NegotiatesBeforeTheFirstCommand) {
  FakeQmp qemu(m_socket, FakeQmpManners{});
  auto client = QmpClient::connect(m_socket, later());
  ASSERT_TRUE(client) << client.error().what;
  const auto done = client->execute("system_powerdown", later());
  EXPECT_TRUE(done) << done.error().what;
  EXPECT_TRUE(qemu.ended_with(FakeQmpEnd::powered_down));
}

TEST_F(QmpClientTest, AnswersMayComeInPiecesAndBehindEvents) {
  FakeQmp qemu(m_socket, FakeQmpManners{.trickles = true, .tells_events = true, .guest_powers_down = false});
  auto client = QmpClient::connect(m_socket, later());
  ASSERT_TRUE(client) << client.error().what;
  EXPECT_TRUE(client->execute("system_powerdown", later()));
  EXPECT_TRUE(client->execute("quit", later()));
  EXPECT_TRUE(qemu.ended_with(FakeQmpEnd::quit));
}

TEST_F(QmpClientTest, ARefusedCommandIsNamedAndTheNextOneWorks) {
  FakeQmp qemu(m_socket, FakeQmpManners{.refuses_powerdown = true});
  auto client = QmpClient::connect(m_socket, later());
  ASSERT_TRUE(client) << client.error().what;
  const auto refused = client->execute("system_powerdown", later());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::vmm);
  EXPECT_EQ(refused.error().what, "QMP command system_powerdown was refused");
  EXPECT_TRUE(client->execute("quit", later()));
  EXPECT_TRUE(qemu.ended_with(FakeQmpEnd::quit));
}

TEST_F(QmpClientTest, WhatIsNotQemuIsNotTalkedTo) {
  for (const std::string text :
       {"hello\r\n", "{}\n", "[\"QMP\"]\n", "\n", "{\"QMP\n", "{\"return\": {}}\n"}) {
    const auto error = failure(
        [text](FakeQmpConnection& client) {
          client.write(text);
          return client.read_line() ? FakeQmpEnd::broken_rule : FakeQmpEnd::client_left;
        },
        later());
    EXPECT_EQ(error.kind, ErrorKind::vmm);
    EXPECT_EQ(error.what, m_socket + ": the peer is not QEMU") << text;
  }
}

TEST_F(QmpClientTest, APeerThatSaysNothingIsNotWaitedForBeyondTheDeadline) {
  const auto silent = [](FakeQmpConnection& client) {
    static_cast<void>(client.read_line());
    return FakeQmpEnd::done;
  };
  EXPECT_EQ(failure(silent, soon()).what, "QEMU did not answer in time");
}

TEST_F(QmpClientTest, APeerThatOnlyTellsEventsIsNotWaitedForBeyondTheDeadline) {
  const auto chatty = [](FakeQmpConnection& client) {
    client.write(k_qmp_greeting);
    for (;;) client.write(k_qmp_event);
    return FakeQmpEnd::done;
  };
  EXPECT_EQ(failure(chatty, soon()).what, "QEMU did not answer in time");
}

TEST_F(QmpClientTest, ALineWithoutAnEndIsNotCollectedForEver) {
  const auto endless = [](FakeQmpConnection& client) {
    const std::string block(64 * 1024, 'x');
    for (int i = 0; i < 64; ++i) client.write(block);
    return FakeQmpEnd::done;
  };
  EXPECT_EQ(failure(endless, later()).what, "QMP answer without an end");
}

TEST_F(QmpClientTest, AConnectionThatClosesIsAnError) {
  const auto at_once = [](FakeQmpConnection&) { return FakeQmpEnd::done; };
  EXPECT_EQ(failure(at_once, later()).what, "QEMU closed the connection");
  const auto after_greeting = [](FakeQmpConnection& client) {
    client.write(k_qmp_greeting);
    return FakeQmpEnd::done;
  };
  const auto error = failure(after_greeting, later());
  EXPECT_TRUE(error.what == "QEMU closed the connection" || error.what.starts_with("QMP: ")) << error.what;
}

// A write to a closed connection must be an error, not the end of this process by SIGPIPE.
TEST_F(QmpClientTest, WritingToAClosedConnectionIsAnError) {
  FakeQmp qemu(m_socket, [](FakeQmpConnection& client) {
    client.write(k_qmp_greeting);
    static_cast<void>(client.read_line());
    client.write(k_qmp_done);
    return FakeQmpEnd::done;
  });
  auto client = QmpClient::connect(m_socket, later());
  ASSERT_TRUE(client) << client.error().what;
  EXPECT_TRUE(qemu.ended_with(FakeQmpEnd::done));
  const auto outcome = test_support::in_child([&]() -> std::string {
    ::signal(SIGPIPE, SIG_DFL);
    const auto done = client->execute("quit", later());
    return done ? "done" : done.error().what;
  });
  ASSERT_TRUE(outcome.exited_with(0)) << "signal " << WTERMSIG(outcome.status);
  EXPECT_THAT(outcome.text, testing::AnyOf(StartsWith("QMP: "), HasSubstr("closed the connection")));
}

TEST_F(QmpClientTest, WhereNobodyListensTheErrorNamesTheSocket) {
  const auto missing = QmpClient::connect(m_socket, later());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::vmm);
  EXPECT_EQ(missing.error().what, m_socket + ": no such file or directory");
  const auto too_long = QmpClient::connect(m_tree.path(std::string(200, 'x')), later());
  ASSERT_FALSE(too_long);
  EXPECT_THAT(too_long.error().what, EndsWith("the path is too long for a socket"));
}

// QEMU serves one client; a second one waits in the queue, a third one for a place in the queue.
TEST_F(QmpClientTest, AQemuThatServesSomeoneElseIsNotWaitedForBeyondTheDeadline) {
  FakeQmp qemu(m_socket, FakeQmpManners{});
  const auto first = QmpClient::connect(m_socket, later());
  ASSERT_TRUE(first) << first.error().what;
  const auto outcome = test_support::in_child([&]() -> std::string {
    ::alarm(20);
    std::string text;
    std::vector<base::UniqueFd> queue;
    for (int i = 0; i < 3; ++i) {
      const auto next = QmpClient::connect(m_socket, soon());
      text += next ? "connected\n" : next.error().what + "\n";
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      std::memcpy(address.sun_path, m_socket.c_str(), m_socket.size() + 1);
      queue.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      static_cast<void>(
          ::connect(queue.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    }
    return text;
  });
  ASSERT_TRUE(outcome.exited_with(0)) << "it waits in connect()";
  EXPECT_THAT(outcome.text, testing::Not(HasSubstr("connected\n")));
  EXPECT_THAT(outcome.text, StartsWith("QEMU did not answer in time\n"));
}

}  // namespace
}  // namespace vmcred::runner
