// SPDX-License-Identifier: Apache-2.0
#include "guest/http.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <thread>

#include "guest/test_tree.h"
#include "guest/timed_io.h"
#include "support/bytes.h"

namespace vmcred::guest {
namespace {

using test_support::bytes_of;
using test_support::text_of;
using testing::HasSubstr;

constexpr std::chrono::seconds k_http_time{20};

TEST(HttpHeadTest, ReadsWhatAServiceSays) {
  struct Row {
    std::string_view text;
    int status;
    std::size_t length;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 \r\nServer: Firecracker API\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\n"
       "Content-Length: 56",
       200, 56},
      {"HTTP/1.0 404 Not Found\r\ncONTENT-lENGTH:\t 0 ", 404, 0},
      {"HTTP/1.1 200\r\nContent-Length: 7", 200, 7},
  };
  for (const auto& [text, status, length] : rows) {
    const auto head = parse_http_head(text);
    ASSERT_TRUE(head) << text;
    EXPECT_EQ(head->status, status);
    EXPECT_EQ(head->content_length, length);
  }
}

TEST(HttpHeadTest, RefusesAllElse) {
  for (const std::string_view text :
       {"", "HTTP/1.1 200 OK", "HTTP/2 200 OK\r\nContent-Length: 1", "HTTP/1.1 20 OK\r\nContent-Length: 1",
        "HTTP/1.1 2000 OK\r\nContent-Length: 1", "HTTP/1.1 -20 OK\r\nContent-Length: 1",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1", "HTTP/1.1 200 OK\r\nContent-Length: -1",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999", "HTTP/1.1 200 OK\r\nContent-Length:",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 1"})
    EXPECT_FALSE(parse_http_head(text)) << text;
}

// What comes of an answer that arrives in the two parts.
base::Result<secret::SecretBuffer> answer_of(const std::string& first, const std::string& second = "") {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd guest(ends[0]);
  base::UniqueFd host(ends[1]);
  EXPECT_TRUE(make_non_blocking(guest.get()));
  std::thread service([&] {
    char request[100];
    EXPECT_GT(::recv(host.get(), request, sizeof request, 0), 0);
    EXPECT_TRUE(base::write_all(host.get(), bytes_of(first), "service"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    static_cast<void>(::send(host.get(), second.data(), second.size(), MSG_NOSIGNAL));
    host = base::UniqueFd();
  });
  auto body = exchange_http(guest.get(), "GET / HTTP/1.1\r\n\r\n", 100, deadline_in(k_http_time));
  service.join();
  return body;
}

TEST(HttpTest, GivesTheBodyHoweverItArrives) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
  for (std::size_t i = 1; i < whole.size(); i += 3) {
    const auto body = answer_of(whole.substr(0, i), whole.substr(i));
    ASSERT_TRUE(body) << body.error().what;
    EXPECT_EQ(text_of(body->bytes()), "0123456789");
  }
}

TEST(HttpTest, RefusesOtherAnswers) {
  struct Row {
    std::string answer;
    base::ErrorKind kind;
    const char* error;
  };
  const Row rows[] = {
      {"HTTP/1.1 404 \r\nContent-Length: 6\r\n\r\ncanary", base::ErrorKind::host, "status 404"},
      {"HTTP/1.1 200 \r\nContent-Length: 101\r\n\r\ncanary", base::ErrorKind::credential, "none that"},
      {"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\ncanary", base::ErrorKind::credential, "none that"},
      {"HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\ncanary", base::ErrorKind::host, "closed the connection"},
      {"HTTP/1.1 200 \r\n\r\ncanary", base::ErrorKind::credential, "none that"},
      {std::string(5000, 'x'), base::ErrorKind::credential, "none that"},
      {"", base::ErrorKind::host, "closed the connection"},
  };
  for (const auto& row : rows) {
    const auto body = answer_of(row.answer);
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().kind, row.kind) << row.answer;
    EXPECT_THAT(body.error().what, HasSubstr(row.error));
  }
}

}  // namespace
}  // namespace vmcred::guest
