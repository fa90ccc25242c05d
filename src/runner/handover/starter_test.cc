// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/starter.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/text.h"
#include "secret/sealed_file.h"
#include "support/fake_api.h"
#include "support/temporary_directory.h"
#include "systemd/test_receiver.h"

namespace vmcred::runner {
namespace {

using base::concat;
using std::chrono::milliseconds;
using test_support::ChildOutcome;
using test_support::FakeApi;
using test_support::in_child;
using testing::HasSubstr;

constexpr std::string_view k_canary = "the-secret-canary";

RenderedRequest request(std::string path, std::string_view body = {}) {
  RenderedRequest made{.method = "PUT", .path = std::move(path), .body = {}, .descriptors = {}};
  if (!body.empty()) made.body = *secret::make_sealed_file("body", test_support::bytes_of(body));
  return made;
}

// The process under test stands for the runner that has become the VMM; its output is what the starter says.
class StarterTest : public testing::Test {
 protected:
  ChildOutcome run(StarterLimits limits, bool is_ready_then = false) const {
    return in_child([&]() -> std::string {
      ::dup2(STDOUT_FILENO, STDERR_FILENO);
      if (is_ready_then) ::setenv("NOTIFY_SOCKET", m_tree.path("notify").c_str(), 1);
      ApiStart start{
          .vm = "web", .socket = m_socket, .requests = {}, .is_ready_then = is_ready_then, .limits = limits};
      start.requests.push_back(request("/vm.create", concat("{\"a\":\"", k_canary, "\"}")));
      start.requests.push_back(request("/vm.boot"));
      if (const auto started = start_starter(start); !started) return started.error().what;
      ::usleep(static_cast<useconds_t>(m_lifetime_ms) * 1000);
      return "still here\n";
    });
  }

  // What arrived, in its order.
  FakeApi::Answer logging(FakeApi::Reply first, FakeApi::Reply second = {}) const {
    return [this, first, second](const std::string& text) {
      if (text.find(' ', text.find(' ') + 1) == std::string::npos)
        return FakeApi::Reply{};  // without its body
      const base::UniqueFd log(::open(m_tree.path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
      static_cast<void>(base::write_all(log.get(), test_support::bytes_of(concat(text, "\n")), "log"));
      return text.starts_with("PUT /vm.create") ? first : second;
    };
  }
  std::string log() const { return test_support::read_file(m_tree.path("log")); }

  test_support::TemporaryDirectory m_tree;
  std::string m_socket = m_tree.path("api.sock");
  int m_lifetime_ms = 500;
};

TEST_F(StarterTest, RequestsArriveInTheirOrder) {
  const FakeApi api(m_socket, logging({}));
  const auto outcome = run({});
  EXPECT_TRUE(outcome.exited_with(0));
  EXPECT_EQ(outcome.text, "still here\n");
  EXPECT_EQ(log(), concat("PUT /vm.create {\"a\":\"", k_canary, "\"}\nPUT /vm.boot \n"));
}

TEST_F(StarterTest, AfterTheLastAnswerTheManagerHearsThatTheVmIsReady) {
  const systemd::Receiver manager(m_tree.path("notify"));
  const FakeApi api(m_socket, logging({}));
  run({}, /*is_ready_then=*/true);
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=Running");
  EXPECT_EQ(manager.next(), "BARRIER=1");
}

TEST_F(StarterTest, ARefusalEndsTheVmAndQuotesNothing) {
  const systemd::Receiver manager(m_tree.path("notify"));
  const FakeApi api(m_socket, logging({.status = 400, .body = concat("invalid: ", k_canary)}));
  m_lifetime_ms = 20'000;
  const auto outcome = run({}, /*is_ready_then=*/true);
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_THAT(outcome.text,
              testing::StartsWith("vmcred: error: vm 'web': PUT /vm.create: refused with status 400\n"));
  EXPECT_THAT(outcome.text, testing::Not(HasSubstr(k_canary)));
  EXPECT_EQ(manager.next(), "(none)");
  EXPECT_THAT(log(), testing::Not(HasSubstr("vm.boot")));
}

TEST_F(StarterTest, ASecondRequestThatFailsEndsItToo) {
  const FakeApi api(m_socket, logging({}, {.status = 500}));
  m_lifetime_ms = 20'000;
  const auto outcome = run({});
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_THAT(outcome.text, HasSubstr("PUT /vm.boot: refused with status 500"));
}

TEST_F(StarterTest, AnAnswerThatDoesNotComeEndsIt) {
  const FakeApi api(m_socket, logging({.hangs = true}));
  m_lifetime_ms = 20'000;
  const auto outcome = run({.request = milliseconds(100)});
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_THAT(outcome.text, HasSubstr("PUT /vm.create: no answer in time"));
}

TEST_F(StarterTest, AConnectionThatBreaksEndsIt) {
  const FakeApi api(m_socket, logging({.status = 0}));
  m_lifetime_ms = 20'000;
  const auto outcome = run({});
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_THAT(outcome.text, HasSubstr("PUT /vm.create: the connection was closed without an answer"));
}

TEST_F(StarterTest, ASocketThatNeverListensEndsIt) {
  m_lifetime_ms = 20'000;
  const auto outcome = run({.socket = milliseconds(100)});
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_THAT(outcome.text, HasSubstr(m_socket + ": no such file or directory"));
}

TEST_F(StarterTest, AVmmThatEndsByItselfIsSaidToHaveEnded) {
  m_lifetime_ms = 50;
  const auto outcome = run({});
  EXPECT_TRUE(outcome.exited_with(0));
  EXPECT_THAT(outcome.text, HasSubstr("vm 'web': its hypervisor ended before it had its VM"));
}

}  // namespace
}  // namespace vmcred::runner
