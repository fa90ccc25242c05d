// SPDX-License-Identifier: Apache-2.0
#include "provider/listener.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "base/text.h"
#include "systemd/listen_fds.h"

namespace vmcred::provider {
namespace {

bool has_option(int socket, int option, int value) {
  int found = -1;
  socklen_t size = sizeof found;
  return ::getsockopt(socket, SOL_SOCKET, option, &found, &size) == 0 && found == value;
}

bool listens_for_local_streams(int socket) {
  return has_option(socket, SO_DOMAIN, AF_UNIX) && has_option(socket, SO_TYPE, SOCK_STREAM) &&
         has_option(socket, SO_ACCEPTCONN, 1);
}

}  // namespace

base::Result<base::UniqueFd> take_listener() {
  VMCRED_TRY_ASSIGN(auto sockets, systemd::take_listen_fds());
  if (sockets.size() != 1 || !listens_for_local_streams(sockets.front().fd.get()))
    return base::Error{
        .kind = base::ErrorKind::host,
        .what = base::concat("expected one listening socket from systemd, got ",
                             base::counted(sockets.size(), "descriptor"),
                             sockets.size() == 1 ? " of another kind" : ""),
        .hint = "'systemctl start vmcred-provider.socket' starts the provider when it is needed"};
  base::UniqueFd listener = std::move(sockets.front().fd);
  const int flags = ::fcntl(listener.get(), F_GETFL);
  if (flags < 0 || ::fcntl(listener.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    return base::errno_error("prepare the listening socket");
  return listener;
}

}  // namespace vmcred::provider
