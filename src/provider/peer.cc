// SPDX-License-Identifier: Apache-2.0
#include "provider/peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "provider/cgroup.h"

namespace vmcred::provider {

using base::concat;
using base::Error;
using base::ErrorKind;

base::Result<Peer> peer_of(int connection) {
  sockaddr_un address{};
  socklen_t address_size = sizeof address;
  ucred credentials{};
  socklen_t credentials_size = sizeof credentials;
  if (::getpeername(connection, reinterpret_cast<sockaddr*>(&address), &address_size) != 0 ||
      ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_size) != 0)
    return base::errno_error("ask who connects");
  constexpr std::size_t k_start = offsetof(sockaddr_un, sun_path);
  const std::size_t size = address_size > k_start ? address_size - k_start : 0;
  return Peer{.name = std::string(address.sun_path, std::min(size, sizeof address.sun_path)),
              .process = credentials.pid,
              .user = credentials.uid};
}

base::Result<void> check_peer(const Peer& peer, const credential::ProviderRequest& request) {
  if (peer.user != 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("process ", peer.process, " of user ", peer.user, " is not PID 1's"),
                 .hint = "only the system's units get secrets from here"};
  VMCRED_TRY_ASSIGN(const std::string unit, unit_of_process(peer.process));
  if (unit != request.unit)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("process ", peer.process, " claims to be of ", base::quoted(request.unit),
                                " but belongs to ", base::quoted(unit))};
  return {};
}

}  // namespace vmcred::provider
