// SPDX-License-Identifier: Apache-2.0
// For tests: a process that serves HTTP over a Unix socket as a hypervisor's API does, well or badly.
#pragma once

#include <sys/socket.h>
#include <charconv>
#include <functional>
#include <string>
#include <vector>

#include "support/listening_process.h"

namespace vmcred::test_support {

class FakeApi {
 public:
  struct Reply {
    int status = 204;  // 0: none, the connection is closed
    std::string body = {};
    bool ends = false;         // the process, behind the answer
    bool hangs = false;        // it goes on without an answer
    bool before_body = false;  // it answers before it has read the request's body, and closes
    std::string raw = {};      // in the place of all that
  };

  // Gets "PUT /path BODY"; with descriptors that came along, " +N" behind the path.
  using Answer = std::function<Reply(const std::string& request)>;

  // Listens on `path` in a process of its own, after `begin` there. Returns once it listens.
  FakeApi(
      const std::string& path, const Answer& answer, const std::function<void()>& begin = [] {})
      : m_server(path, 4, begin, [&answer](int listener) {
          for (;;) serve(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), answer);
        }) {}

  pid_t process() const { return m_server.process(); }

 private:
  struct Received {
    std::string bytes;
    std::size_t descriptors = 0;
  };

  static bool receive(int socket, Received& received) {
    char buffer[4096];
    alignas(cmsghdr) char control[CMSG_SPACE(16 * sizeof(int))];
    iovec part{.iov_base = buffer, .iov_len = sizeof buffer};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket, &message, 0);
    if (n <= 0) return false;
    received.bytes.append(buffer, static_cast<std::size_t>(n));
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message))
      received.descriptors += (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    return true;
  }

  static void serve(int connection, const Answer& answer) {
    const base::UniqueFd socket(connection);
    Received received;
    while (received.bytes.find("\r\n\r\n") == std::string::npos)
      if (!receive(socket.get(), received)) return;
    const auto head = received.bytes.find("\r\n\r\n") + 4;
    std::size_t length = 0;
    constexpr std::string_view k_length = "Content-Length: ";
    if (const auto at = received.bytes.find(k_length); at < head)
      std::from_chars(received.bytes.data() + at + k_length.size(), received.bytes.data() + head, length);
    const std::string line = received.bytes.substr(0, received.bytes.find(" HTTP/1.1\r\n"));
    const std::string along = received.descriptors > 0 ? " +" + std::to_string(received.descriptors) : "";
    if (const Reply early = answer(line + along); early.before_body) return send_reply(socket.get(), early);
    while (received.bytes.size() < head + length)
      if (!receive(socket.get(), received)) return;
    send_reply(socket.get(), answer(line + along + " " + received.bytes.substr(head)));
  }

  static void send_reply(int socket, const Reply& reply) {
    if (reply.hangs)
      for (;;) ::pause();
    const std::string text =
        !reply.raw.empty() ? reply.raw
                           : "HTTP/1.1 " + std::to_string(reply.status) +
                                 " \r\nServer: test\r\nContent-Length: " + std::to_string(reply.body.size()) +
                                 "\r\n\r\n" + reply.body;
    if (reply.status != 0) ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (reply.ends) ::_exit(0);
  }

  ListeningProcess m_server;
};

}  // namespace vmcred::test_support
