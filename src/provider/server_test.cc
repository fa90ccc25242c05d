// SPDX-License-Identifier: Apache-2.0
#include "provider/server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <thread>

#include "credential/credential.h"
#include "support/temporary_directory.h"
#include "systemd/unix_address.h"

namespace vmcred::provider {
namespace {

using base::UniqueFd;
using std::chrono::milliseconds;

// A server in a thread. We are in no unit: it refuses whatever we ask.
class ServerTest : public testing::Test {
 protected:
  void start(Limits limits) {
    const auto address = systemd::UnixAddress::parse(m_directory.path("socket"));
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(listener.get(), address->get(), address->size()), 0);
    ASSERT_EQ(::listen(listener.get(), 16), 0);
    ASSERT_TRUE(m_guard.start());
    m_server = std::make_unique<Server>(std::move(listener), m_vault, m_record, m_guard, limits);
    m_thread = std::thread([this] { EXPECT_TRUE(m_server->run(m_stop.get())); });
  }

  ~ServerTest() override {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(m_stop.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    if (m_thread.joinable()) m_thread.join();
  }

  UniqueFd connect() const {
    const auto address = systemd::UnixAddress::parse(m_directory.path("socket"));
    UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), address->get(), address->size()), 0);
    return client;
  }

  static bool has_bytes(const UniqueFd& client, milliseconds patience) {
    pollfd ready{.fd = client.get(), .events = POLLIN, .revents = 0};
    return ::poll(&ready, 1, static_cast<int>(patience.count())) == 1;
  }

  static std::size_t read_to_end(const UniqueFd& client) {
    static char buffer[64 * 1024];
    std::size_t total = 0;
    ssize_t n = 0;
    while (has_bytes(client, std::chrono::seconds(10)) &&
           (n = ::read(client.get(), buffer, sizeof buffer)) > 0)
      total += static_cast<std::size_t>(n);
    return total;
  }

 private:
  test_support::TemporaryDirectory m_directory;
  UniqueFd m_stop{::eventfd(0, EFD_CLOEXEC)};
  systemd::Journal m_journal{"vmcred-provider", "/dev/null/none"};
  Reasons m_reasons{""};
  Record m_record{m_journal, m_reasons};
  Vault m_vault{"/dev/null/none", ""};
  Guard m_guard{milliseconds(100)};
  std::unique_ptr<Server> m_server;
  std::thread m_thread;
};

TEST_F(ServerTest, AStrangerIsRefused) {
  start({});
  EXPECT_GT(read_to_end(connect()), credential::k_max_credential_bytes);
}

TEST_F(ServerTest, FurtherConnectionsWaitForTheirTurn) {
  start({.connections = 2});
  const UniqueFd first = connect();
  const UniqueFd second = connect();
  EXPECT_TRUE(has_bytes(first, std::chrono::seconds(10)));
  EXPECT_TRUE(has_bytes(second, std::chrono::seconds(10)));
  const UniqueFd third = connect();
  EXPECT_FALSE(has_bytes(third, milliseconds(200)));
  EXPECT_GT(read_to_end(first), credential::k_max_credential_bytes);
  EXPECT_GT(read_to_end(third), credential::k_max_credential_bytes);
}

TEST_F(ServerTest, AReaderThatNeverReadsIsGivenUpAndItsPlaceIsFree) {
  start({.connections = 1, .reader = milliseconds(200)});
  const UniqueFd idle = connect();
  EXPECT_TRUE(has_bytes(idle, std::chrono::seconds(10)));
  const UniqueFd next = connect();
  EXPECT_TRUE(has_bytes(next, std::chrono::seconds(10)));
}

}  // namespace
}  // namespace vmcred::provider
