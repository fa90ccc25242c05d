// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/pump.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace vmcred::cli {
namespace {

using base::Result;

constexpr char k_escape = '\x1d';  // ^]

// A pipe that poll() finds writable takes as much without blocking.
constexpr std::size_t k_piece_bytes = 4096;

bool is_not_now(int error_number) { return error_number == EAGAIN || error_number == EINTR; }

// Bytes on their way in one direction: no more are taken before the last ones are given.
class Flow {
 public:
  Flow(int from, int to) : m_from(from), m_to(to) {}

  bool has_ended() const { return m_ended && m_pending.empty(); }
  std::string_view pending() const { return m_pending; }
  pollfd source() const { return entry(m_from, POLLIN, !m_ended && m_pending.empty()); }
  pollfd sink() const { return entry(m_to, POLLOUT, !m_pending.empty()); }

  void end_after(std::size_t bytes) {
    m_pending = m_pending.substr(0, bytes);
    m_ended = true;
  }

  Result<void> take() {
    const ssize_t n = ::read(m_from, m_room.data(), m_room.size());
    if (n < 0 && is_not_now(errno)) return {};
    if (n < 0 && errno != ECONNRESET && errno != EIO) return base::errno_error("read");
    m_ended = n <= 0;
    m_pending = {m_room.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
    return {};
  }

  Result<void> give() {
    const ssize_t n = ::write(m_to, m_pending.data(), m_pending.size());
    if (n < 0 && is_not_now(errno)) return {};
    if (n < 0) return base::errno_error("write");
    m_pending.remove_prefix(static_cast<std::size_t>(n));
    return {};
  }

 private:
  static pollfd entry(int fd, short events, bool wanted) {
    return {.fd = wanted ? fd : -1, .events = events, .revents = 0};
  }

  int m_from;
  int m_to;
  std::array<char, k_piece_bytes> m_room;
  std::string_view m_pending;
  bool m_ended = false;
};

// Moves what can be moved now, in either direction.
Result<void> move_some(Flow& inward, Flow& outward) {
  std::array waiting = {inward.source(), inward.sink(), outward.source(), outward.sink()};
  if (::poll(waiting.data(), waiting.size(), -1) < 0)
    return errno == EINTR ? Result<void>() : base::errno_error("wait");
  if (waiting[0].revents != 0) VMCRED_TRY(inward.take());
  if (waiting[1].revents != 0) VMCRED_TRY(inward.give());
  if (waiting[2].revents != 0) VMCRED_TRY(outward.take());
  if (waiting[3].revents != 0) VMCRED_TRY(outward.give());
  return {};
}

Result<void> make_non_blocking(int socket) {
  if (::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK) < 0) return base::errno_error("socket");
  return {};
}

}  // namespace

Result<void> pump(const PumpEnds& ends) {
  VMCRED_TRY(make_non_blocking(ends.socket));
  Flow inward(ends.input, ends.socket);
  Flow outward(ends.socket, ends.output);
  bool told_end = false;
  while (!outward.has_ended()) {
    VMCRED_TRY(move_some(inward, outward));
    if (inward.has_ended() && !std::exchange(told_end, true)) ::shutdown(ends.socket, SHUT_WR);
  }
  return {};
}

Result<void> pump_until_escape(const PumpEnds& ends) {
  VMCRED_TRY(make_non_blocking(ends.socket));
  Flow inward(ends.input, ends.socket);
  Flow outward(ends.socket, ends.output);
  while (!outward.has_ended() && !inward.has_ended()) {
    VMCRED_TRY(move_some(inward, outward));
    if (const auto at = inward.pending().find(k_escape); at != std::string_view::npos) inward.end_after(at);
  }
  return {};
}

}  // namespace vmcred::cli
