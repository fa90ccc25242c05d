// SPDX-License-Identifier: Apache-2.0
#include "systemd/unix_address.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace vmcred::systemd {

base::Result<UnixAddress> UnixAddress::parse(std::string_view text) {
  UnixAddress address;
  const bool abstract = text.starts_with('@');
  if (text.size() < 2 || (!abstract && !text.starts_with('/')) || text.find('\0') != std::string_view::npos)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat(base::quoted(text), " is no address of a local socket"),
                       .hint = "it must be an absolute path, or '@' and a name"};
  // A path ends with a NUL, an abstract name does not.
  const std::size_t size = text.size() + (abstract ? 0 : 1);
  if (size > sizeof address.m_address.sun_path)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat(base::quoted(text), " is too long for a local socket")};
  address.m_address.sun_family = AF_UNIX;
  std::ranges::copy(text, address.m_address.sun_path);
  if (abstract) address.m_address.sun_path[0] = '\0';
  address.m_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  return address;
}

base::Result<base::UniqueFd> datagram_socket() {
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::errno_error("make a local socket");
  return socket;
}

}  // namespace vmcred::systemd
