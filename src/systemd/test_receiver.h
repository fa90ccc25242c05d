// SPDX-License-Identifier: Apache-2.0
// For tests: stands in for PID 1 or journald, and takes datagrams.
#pragma once

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <string>
#include <string_view>

#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::systemd {

class Receiver {
 public:
  explicit Receiver(std::string_view address) : m_socket(*datagram_socket()) {
    const auto parsed = UnixAddress::parse(address);
    EXPECT_TRUE(parsed && ::bind(m_socket.get(), parsed->get(), parsed->size()) == 0) << address;
  }

  // The next datagram; "(none)" where there is none.
  std::string next() const {
    char buffer[64 * 1024];
    const ssize_t size = ::recv(m_socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return size < 0 ? "(none)" : std::string(buffer, static_cast<std::size_t>(size));
  }

  int fd() const { return m_socket.get(); }

 private:
  base::UniqueFd m_socket;
};

}  // namespace vmcred::systemd
