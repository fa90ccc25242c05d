// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::systemd {

// Where a local socket is: "/path", or "@name" for one in the abstract name space.
class UnixAddress {
 public:
  // Fails with a `host` error for texts of another form, and for those that are too long.
  static base::Result<UnixAddress> parse(std::string_view text);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&m_address); }
  socklen_t size() const { return m_size; }

 private:
  sockaddr_un m_address = {};
  socklen_t m_size = 0;
};

// A socket for datagrams, bound to nothing.
base::Result<base::UniqueFd> datagram_socket();

}  // namespace vmcred::systemd
