// SPDX-License-Identifier: Apache-2.0
#include "runner/socket/local_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "systemd/unix_address.h"

namespace vmcred::runner {

base::Result<base::UniqueFd> listen_locally(const std::string& path) {
  constexpr int k_backlog = 16;
  VMCRED_TRY_ASSIGN(const auto address, systemd::UnixAddress::parse(path));
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::errno_error("local socket");
  ::unlink(path.c_str());
  // Before it has a name, so that there is no moment in which others may connect.
  if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::bind(socket.get(), address.get(), address.size()) != 0 || ::listen(socket.get(), k_backlog) != 0)
    return base::errno_error(path);
  return socket;
}

}  // namespace vmcred::runner
