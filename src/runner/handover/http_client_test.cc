// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/http_client.h"

#include <gmock/gmock.h>
#include <csignal>

#include "runner/socket/local_listener.h"
#include "secret/sealed_file.h"
#include "support/fake_api.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using std::chrono::milliseconds;
using test_support::bytes_of;
using test_support::FakeApi;

class HttpClientTest : public testing::Test {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }

  Result<int> status(const HttpRequest& request, milliseconds patience = std::chrono::seconds(20)) const {
    const auto deadline = Clock::now() + patience;
    VMCRED_TRY_ASSIGN(const UniqueFd connection, connect_to_api(m_socket, deadline));
    return ask_for_status(connection, request, deadline);
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_socket = m_tree.path("api.sock");
};

TEST_F(HttpClientTest, ARequestWithoutABodyArrivesAsItIs) {
  const FakeApi api(m_socket, [](const std::string& request) {
    return FakeApi::Reply{.status = request == "PUT /api/v1/vm.boot " ? 204 : 499};
  });
  EXPECT_EQ(status({.method = "PUT", .path = "/api/v1/vm.boot"}).value_or(0), 204);
}

TEST_F(HttpClientTest, ABodyOfAnySizeComesOutOfItsFile) {
  const std::string body = test_support::all_bytes() + std::string(1'000'000, 'x') + "the end";
  const FakeApi api(m_socket, [&](const std::string& request) {
    return FakeApi::Reply{.status = request == "PUT /x " + body ? 204 : 499};
  });
  const auto file = secret::make_sealed_file("body", bytes_of(body));
  ASSERT_TRUE(file);
  EXPECT_EQ(status({.method = "PUT", .path = "/x", .file = &*file}).value_or(0), 204);
}

TEST_F(HttpClientTest, DescriptorsGoAlong) {
  const FakeApi api(m_socket, [](const std::string& request) {
    return FakeApi::Reply{.status = request == "PUT /net +2 {}" ? 200 : 499};
  });
  EXPECT_EQ(status({.method = "PUT", .path = "/net", .text = "{}", .descriptors = {0, 1}}).value_or(0), 200);
}

TEST_F(HttpClientTest, WhatAnErrorsBodySaysIsNeverPassedOn) {
  const FakeApi api(m_socket, [](const std::string& request) {
    return FakeApi::Reply{.status = 400, .body = "cannot parse " + request};
  });
  const auto connection = connect_to_api(m_socket, Clock::now() + std::chrono::seconds(20));
  ASSERT_TRUE(connection);
  const auto done = ask_for_success(*connection, {.method = "PUT", .path = "/x", .text = "the secret"},
                                    Clock::now() + std::chrono::seconds(20));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "PUT /x: refused with status 400");
  EXPECT_EQ(done.error().hint, "");
}

// Servers refuse a body that is too large without reading it.
TEST_F(HttpClientTest, AnAnswerThatComesBeforeTheBodyWasReadCounts) {
  const FakeApi api(m_socket,
                    [](const std::string&) { return FakeApi::Reply{.status = 413, .before_body = true}; });
  const auto file = secret::make_sealed_file("body", bytes_of(std::string(4'000'000, 'x')));
  ASSERT_TRUE(file);
  EXPECT_EQ(status({.method = "PUT", .path = "/x", .file = &*file}).value_or(0), 413);
}

TEST_F(HttpClientTest, AConnectionThatIsClosedIsAnError) {
  const FakeApi api(m_socket, [](const std::string&) { return FakeApi::Reply{.status = 0}; });
  const auto answer = status({.method = "PUT", .path = "/x"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, "PUT /x: the connection was closed without an answer");
}

TEST_F(HttpClientTest, AServerThatSaysNothingIsGivenUp) {
  const FakeApi api(m_socket, [](const std::string&) { return FakeApi::Reply{.hangs = true}; });
  const auto start = Clock::now();
  const auto answer = status({.method = "PUT", .path = "/x"}, milliseconds(100));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, "PUT /x: no answer in time");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
}

// Here nobody takes what is sent: the socket fills up.
TEST_F(HttpClientTest, AServerThatReadsNothingIsGivenUp) {
  const auto listener = listen_locally(m_socket);
  ASSERT_TRUE(listener);
  const auto file = secret::make_sealed_file("body", bytes_of(std::string(4'000'000, 'x')));
  ASSERT_TRUE(file);
  const auto answer = status({.method = "PUT", .path = "/x", .file = &*file}, milliseconds(100));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, "PUT /x: no answer in time");
}

TEST_F(HttpClientTest, WhatIsNoHttpIsAnError) {
  for (const std::string raw :
       {"220 mail.example.org ready", "HTTP/1.1 2x4 \r\n\r\n", "HTTP/2.0 204 \r\n\r\n"}) {
    const test_support::TemporaryDirectory tree;
    const FakeApi api(tree.path("s"), [&](const std::string&) { return FakeApi::Reply{.raw = raw}; });
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    const auto connection = connect_to_api(tree.path("s"), deadline);
    ASSERT_TRUE(connection);
    const auto answer = ask_for_status(*connection, {.method = "PUT", .path = "/x"}, deadline);
    ASSERT_FALSE(answer) << raw;
    EXPECT_EQ(answer.error().what, "PUT /x: the answer is not HTTP");
  }
}

TEST_F(HttpClientTest, ASocketThatIsNotThereIsAnError) {
  const auto answer = status({.method = "PUT", .path = "/x"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, m_socket + ": no such file or directory");
}

}  // namespace
}  // namespace vmcred::runner
