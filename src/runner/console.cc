// SPDX-License-Identifier: Apache-2.0
#include "runner/console.h"

#include <sys/socket.h>
#include <cerrno>

#include "base/text.h"
#include "systemd/unix_address.h"
#include "vmm/sockets.h"

namespace vmcred::runner {

base::Result<base::UniqueFd> connect_to_console(const std::string& runtime_directory) {
  const std::string path = base::concat(runtime_directory, "/", vmm::k_console_socket);
  VMCRED_TRY_ASSIGN(const auto address, systemd::UnixAddress::parse(path));
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::errno_error("local socket");
  if (::connect(socket.get(), address.get(), address.size()) == 0) return socket;
  if (errno == ENOENT || errno == ECONNREFUSED)
    return base::Error{.kind = base::ErrorKind::vmm,
                       .what = base::concat("not running (nobody listens on ", path, ")"),
                       .hint = "if it runs, connect as the user who started it, or as root"};
  return base::Error{.kind = base::ErrorKind::vmm, .what = base::concat(path, ": ", base::errno_text(errno))};
}

}  // namespace vmcred::runner
