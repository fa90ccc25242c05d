// SPDX-License-Identifier: Apache-2.0
#include "systemd/notify.h"

#include <poll.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/pipe.h"
#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::systemd {
namespace {

// "BARRIER=1" with the end of a pipe, which the manager closes when it has come so far.
base::Result<void> send_barrier(std::string_view address, const base::UniqueFd& end) {
  constexpr std::string_view k_state = "BARRIER=1";
  VMCRED_TRY_ASSIGN(const UnixAddress target, UnixAddress::parse(address));
  VMCRED_TRY_ASSIGN(const base::UniqueFd socket, datagram_socket());
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec part{.iov_base = const_cast<char*>(k_state.data()), .iov_len = k_state.size()};
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(target.get());
  message.msg_namelen = target.size();
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int descriptor = end.get();
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  while (::sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) return base::errno_error(base::concat("notify ", base::escaped(address)));
  return {};
}

}  // namespace

base::Result<bool> notify_and_wait(std::string_view state) {
  constexpr int k_patience_ms = 5000;
  VMCRED_TRY_ASSIGN(const bool is_heard, notify(state));
  if (!is_heard) return false;
  VMCRED_TRY_ASSIGN(base::Pipe pipe, base::make_pipe());
  VMCRED_TRY(send_barrier(std::getenv("NOTIFY_SOCKET"), pipe.writer));
  pipe.writer = base::UniqueFd();
  pollfd waiting{.fd = pipe.reader.get(), .events = 0, .revents = 0};
  static_cast<void>(::poll(&waiting, 1, k_patience_ms));
  return true;
}

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
