// SPDX-License-Identifier: Apache-2.0
#include "runner/socket/local_connection.h"

#include <cerrno>

#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::runner {

base::Result<base::UniqueFd> connect_locally(const std::string& path, int type) {
  VMCRED_TRY_ASSIGN(const auto address, systemd::UnixAddress::parse(path));
  base::UniqueFd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::errno_error("local socket");
  if (::connect(socket.get(), address.get(), address.size()) == 0) return socket;
  const bool is_nobody_there = errno == ENOENT || errno == ECONNREFUSED;
  return base::Error{.kind = base::ErrorKind::vmm,
                     .what = is_nobody_there ? base::concat("nobody listens on ", path)
                                             : base::concat(path, ": ", base::errno_text(errno))};
}

}  // namespace vmcred::runner
