// SPDX-License-Identifier: Apache-2.0
#include "guest/vsock.h"

#include <linux/vm_sockets.h>
#include <sys/socket.h>
#include <cerrno>

#include "base/text.h"
#include "guest/kernel_module.h"

namespace vmcred::guest {
namespace {

using base::Result;
using base::UniqueFd;

base::Error vsock_error(std::string_view step) {
  return {.kind = base::ErrorKind::host,
          .what = base::concat("virtio socket: ", step, ": ", base::errno_text(errno))};
}

sockaddr_vm address_of(std::uint32_t cid, std::uint32_t port) {
  sockaddr_vm address{};
  address.svm_family = AF_VSOCK;
  address.svm_cid = cid;
  address.svm_port = port;
  return address;
}

void take_privileged_port(const UniqueFd& socket) {
  for (std::uint32_t port = 1023; port > 512; --port) {
    const sockaddr_vm own = address_of(VMADDR_CID_ANY, port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 || errno != EADDRINUSE)
      return;
  }
}

}  // namespace

Result<UniqueFd> connect_by_vsock(std::uint32_t cid, std::uint32_t port) {
  load_kernel_module("vmw_vsock_virtio_transport");
  UniqueFd socket(::socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return vsock_error("this kernel has none");
  take_privileged_port(socket);
  const sockaddr_vm host = address_of(cid, port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&host), sizeof host) != 0)
    return vsock_error("the host does not answer");
  return socket;
}

}  // namespace vmcred::guest
