// SPDX-License-Identifier: Apache-2.0
#include "provider/guard.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "provider/refusal.h"

namespace vmcred::provider {
namespace {

using base::UniqueFd;
using Clock = std::chrono::steady_clock;
using Held = std::map<std::uint64_t, UniqueFd>;

// One message: a token, with a descriptor where the connection is to be held.
struct Ancillary {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
};

bool send_message(int channel, std::uint64_t token, std::optional<int> connection) {
  iovec text{.iov_base = &token, .iov_len = sizeof token};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  Ancillary ancillary{};
  if (connection) {
    message.msg_control = ancillary.bytes;
    message.msg_controllen = sizeof ancillary.bytes;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &*connection, sizeof(int));
  }
  ssize_t sent = -1;
  do { sent = ::sendmsg(channel, &message, MSG_NOSIGNAL); } while (sent < 0 && errno == EINTR);
  return sent == sizeof token;
}

// False where the provider is gone.
bool take_message(int channel, Held& held) {
  std::uint64_t token = 0;
  iovec text{.iov_base = &token, .iov_len = sizeof token};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes;
  message.msg_controllen = sizeof ancillary.bytes;
  const ssize_t size = ::recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) {
    held.erase(token);
    return true;
  }
  int connection = -1;
  std::memcpy(&connection, CMSG_DATA(header), sizeof connection);
  held[token] = UniqueFd(connection);
  return true;
}

// Refuses all that are left, for as long as `patience` lasts.
void refuse(Held& held, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  std::map<std::uint64_t, std::size_t> left;
  for (const auto& [token, connection] : held) left[token] = k_refusal_bytes;
  while (!held.empty() && Clock::now() < end) {
    std::vector<pollfd> waiting;
    for (auto each = held.begin(); each != held.end();) {
      const SendState state = send_refusal(each->second.get(), left[each->first]);
      if (state == SendState::full)
        waiting.push_back({.fd = each->second.get(), .events = POLLOUT, .revents = 0});
      each = state == SendState::full ? std::next(each) : held.erase(each);
    }
    constexpr int k_pause_ms = 100;
    if (!waiting.empty()) ::poll(waiting.data(), waiting.size(), k_pause_ms);
  }
}

// What stops the provider must not stop this: it ends by itself.
[[noreturn]] void stand(int channel, std::chrono::milliseconds patience) {
  constexpr int k_kept = 3;
  ::prctl(PR_SET_NAME, "vmcred-guard");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
  if (::dup2(channel, k_kept) < 0 || ::close_range(k_kept + 1, ~0U, 0) != 0) ::_exit(1);
  Held held;
  while (take_message(k_kept, held)) {}
  refuse(held, patience);
  ::_exit(0);
}

}  // namespace

Guard::~Guard() {
  m_channel = UniqueFd();
  reap();
}

base::Result<void> Guard::start() {
  reap();
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return base::errno_error("make a channel to the guard");
  m_channel = UniqueFd(ends[0]);
  const UniqueFd other(ends[1]);
  m_process = ::fork();
  if (m_process < 0) return base::errno_error("start the guard");
  if (m_process == 0) stand(other.get(), m_patience);
  return {};
}

base::Result<void> Guard::hold(std::uint64_t token, int connection) {
  if (m_channel.valid() && send_message(m_channel.get(), token, connection)) return {};
  VMCRED_TRY(start());
  if (!send_message(m_channel.get(), token, connection)) return base::errno_error("tell the guard");
  return {};
}

void Guard::release(std::uint64_t token) const { send_message(m_channel.get(), token, std::nullopt); }

// Does not wait: one that still refuses goes on without us.
void Guard::reap() {
  if (m_process > 0 && ::waitpid(m_process, nullptr, WNOHANG) != 0) m_process = -1;
}

}  // namespace vmcred::provider
