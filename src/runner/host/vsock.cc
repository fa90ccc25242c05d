// SPDX-License-Identifier: Apache-2.0
#include "runner/host/vsock.h"

#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "runner/beside/helper_program.h"
#include "runner/socket/local_connection.h"
#include "runner/socket/local_listener.h"
#include "vmm/capability.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using config::VsockDevice;
using vmm::VsockBackEnd;

constexpr std::uint32_t k_hybrid_notify_port = 9999;

constexpr int k_backlog = 16;
constexpr std::size_t k_max_answer_bytes = 32;
constexpr timeval k_answer_time{.tv_sec = 10, .tv_usec = 0};

Error no_back_end(std::string_view what, std::string_view hint) {
  return {.kind = ErrorKind::host, .what = std::string(what), .hint = std::string(hint)};
}

bool offers(const config::VirtualMachine& vm, VsockBackEnd back_end) {
  const auto offered = vmm::capability_of(vm).vsock;
  return std::ranges::find(offered, back_end) != offered.end();
}

Result<UniqueFd> kernel_socket() {
  UniqueFd socket(::socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::errno_error("virtio socket");
  return socket;
}

sockaddr_vm kernel_address(std::uint32_t cid, std::uint32_t port) {
  sockaddr_vm address{};
  address.svm_family = AF_VSOCK;
  address.svm_cid = cid;
  address.svm_port = port;
  return address;
}

Result<UniqueFd> listen_at_kernel(std::uint32_t port) {
  VMCRED_TRY_ASSIGN(UniqueFd socket, kernel_socket());
  const sockaddr_vm address = kernel_address(VMADDR_CID_ANY, port);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), k_backlog) != 0)
    return base::errno_error(concat("port ", port, " of the host's virtio socket"));
  return socket;
}

Error nobody_listens(std::uint32_t port) {
  return {
      .kind = ErrorKind::vmm,
      .what = concat("nobody listens on port ", port, " of the guest"),
      .hint = "in the guest, systemctl --failed shows a socket that began before its transport was loaded"};
}

// One byte at a time: what follows the line is already the guest's.
Result<std::string> read_answer(int socket, std::uint32_t port) {
  std::string answer;
  char c = 0;
  while (answer.size() < k_max_answer_bytes) {
    const ssize_t n = ::recv(socket, &c, 1, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return nobody_listens(port);
    if (c == '\n') return answer;
    answer += c;
  }
  return nobody_listens(port);
}

// The handshake of hybrid sockets: "CONNECT PORT", answered by "OK" and a number.
Result<UniqueFd> connect_by_program(const std::string& path, std::uint32_t port) {
  VMCRED_TRY_ASSIGN(UniqueFd socket, connect_locally(path));
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &k_answer_time, sizeof k_answer_time) != 0)
    return base::errno_error(path);
  const std::string request = concat("CONNECT ", port, "\n");
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return nobody_listens(port);
  VMCRED_TRY_ASSIGN(const std::string answer, read_answer(socket.get(), port));
  if (!answer.starts_with("OK ")) return nobody_listens(port);
  constexpr timeval forever{};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever) != 0)
    return base::errno_error(path);
  return socket;
}

Result<UniqueFd> connect_by_kernel(std::uint32_t cid, std::uint32_t port) {
  VMCRED_TRY_ASSIGN(UniqueFd socket, kernel_socket());
  const sockaddr_vm address = kernel_address(cid, port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return socket;
  if (errno == ECONNRESET) return nobody_listens(port);
  return Error{.kind = ErrorKind::vmm,
               .what = concat("no guest has the CID ", cid, " (", base::errno_text(errno), ")"),
               .hint = "start the VM first"};
}

}  // namespace

std::string find_vsock_program() { return find_helper("vhost-device-vsock", {"/usr/libexec", "/usr/bin"}); }

Result<std::optional<VsockBackEnd>> choose_vsock(const config::VirtualMachine& vm) {
  if (!vm.vsock_cid) return std::optional<VsockBackEnd>();
  const bool by_kernel = vm.vsock_device != VsockDevice::vhost_user && offers(vm, VsockBackEnd::vhost);
  const bool by_program = vm.vsock_device != VsockDevice::vhost && offers(vm, VsockBackEnd::vhost_user);
  if (by_kernel && base::path_exists(k_vhost_vsock)) return std::optional(VsockBackEnd::vhost);
  if (by_program && !find_vsock_program().empty()) return std::optional(VsockBackEnd::vhost_user);
  const bool has_choice = offers(vm, VsockBackEnd::vhost) && vm.vsock_device != VsockDevice::automatic;
  if (offers(vm, VsockBackEnd::built_in) && !has_choice) return std::optional(VsockBackEnd::built_in);

  if (!by_program)
    return no_back_end("this host's kernel has no vhost for virtio sockets (/dev/vhost-vsock)",
                       offers(vm, VsockBackEnd::vhost_user)
                           ? "load it: modprobe vhost_vsock; or set vsock.device = \"vhost-user\""
                           : "load it: modprobe vhost_vsock");
  if (!by_kernel)
    return no_back_end("vhost-device-vsock is not installed", "install it: apt install vhost-device-vsock");
  return no_back_end(
      "this host has neither /dev/vhost-vsock nor vhost-device-vsock, and the VM has 'vsock.cid'",
      "modprobe vhost_vsock, or apt install vhost-device-vsock, or leave 'vsock.cid' out");
}

Result<std::uint32_t> notify_port(const config::VirtualMachine& vm, VsockBackEnd back_end) {
  if (back_end != VsockBackEnd::vhost) return k_hybrid_notify_port;
  if (*vm.vsock_cid >= VMADDR_PORT_ANY - vmm::k_vhost_ports)
    return Error{
        .kind = ErrorKind::host,
        .what = concat("'vsock.cid' ", *vm.vsock_cid, " leaves no port for the guest's notifications"),
        .hint = concat("choose one below ", VMADDR_PORT_ANY - vmm::k_vhost_ports)};
  return vmm::k_vhost_ports + *vm.vsock_cid;
}

Result<UniqueFd> listen_for_guest(VsockBackEnd back_end, std::uint32_t port,
                                  const std::string& runtime_directory) {
  if (back_end == VsockBackEnd::vhost) return listen_at_kernel(port);
  return listen_locally(concat(runtime_directory, "/", vmm::k_vsock_socket, "_", port));
}

Result<UniqueFd> connect_to_guest(const config::VirtualMachine& vm, std::uint32_t port,
                                  const std::string& runtime_directory) {
  if (!vm.vsock_cid)
    return Error{.kind = ErrorKind::config,
                 .what = "it has no virtio socket",
                 .hint = "add 'vsock.cid = 3' to the config, or another number for each VM"};
  const std::string hybrid = concat(runtime_directory, "/", vmm::k_vsock_socket);
  if (base::path_exists(hybrid)) return connect_by_program(hybrid, port);
  return connect_by_kernel(*vm.vsock_cid, port);
}

}  // namespace vmcred::runner
