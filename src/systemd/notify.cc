// SPDX-License-Identifier: Apache-2.0
#include "systemd/notify.h"

#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::systemd {

base::Result<bool> notify(std::string_view state) {
  const char* address = std::getenv("NOTIFY_SOCKET");
  if (address == nullptr || *address == '\0') return false;
  VMCRED_TRY(notify_at(address, state));
  return true;
}

base::Result<void> notify_at(std::string_view address, std::string_view state) {
  VMCRED_TRY_ASSIGN(const UnixAddress target, UnixAddress::parse(address));
  VMCRED_TRY_ASSIGN(const base::UniqueFd socket, datagram_socket());
  while (::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL, target.get(), target.size()) < 0)
    if (errno != EINTR) return base::errno_error(base::concat("notify ", base::escaped(address)));
  return {};
}

}  // namespace vmcred::systemd
