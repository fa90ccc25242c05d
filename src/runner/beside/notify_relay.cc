// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/notify_relay.h"

#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cerrno>

#include "systemd/notify.h"

namespace vmcred::runner {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_most_connections = 16;
constexpr auto k_silence = std::chrono::seconds(5);

// A guest that boots says some twenty things, in bursts.
constexpr unsigned k_arrivals_at_once = 64;
constexpr unsigned k_arrivals_per_second = 50;

// What has arrived, and a byte more than a message may have if there is more.
std::string receive(int socket) {
  std::array<char, k_max_notify_message_bytes + 1> buffer{};
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t n = ::recv(socket, buffer.data() + size, buffer.size() - size, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  return {buffer.data(), size};
}

}  // namespace

NotifyRelay::NotifyRelay(NotifyRelayEnds ends)
    : m_ends(std::move(ends)),
      m_filter(Clock::now()),
      m_arrivals(k_arrivals_at_once, k_arrivals_per_second, Clock::now()) {}

void NotifyRelay::run() {
  while (wait()) close_old_connections();
}

bool NotifyRelay::wait() {
  const auto now = Clock::now();
  const auto pause = m_arrivals.wait(now);
  const bool takes_arrivals = pause == Clock::duration::zero();
  std::vector<pollfd> waiting = {
      {.fd = m_ends.vmm.get(), .events = POLLIN, .revents = 0},
      {.fd = takes_arrivals ? m_ends.listener.get() : -1, .events = POLLIN, .revents = 0}};
  for (const auto& connection : m_connections)
    waiting.push_back({.fd = connection.socket.get(), .events = POLLIN, .revents = 0});

  auto patience = takes_arrivals ? Clock::duration::max() : pause;
  if (!m_connections.empty()) patience = std::min(patience, m_connections.front().until - now);
  const bool forever = patience == Clock::duration::max();
  const auto timeout =
      forever ? -1 : std::max<std::int64_t>(std::chrono::ceil<milliseconds>(patience).count(), 0);
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(timeout)) < 0) return errno == EINTR;

  if (waiting[0].revents != 0) return false;
  for (std::size_t i = 0; i < m_connections.size(); ++i)
    if (waiting[i + 2].revents != 0) take_message(m_connections[i].socket);
  std::erase_if(m_connections, [](const Connection& c) { return !c.socket.valid(); });
  if (waiting[1].revents != 0) accept_guest();
  return true;
}

void NotifyRelay::accept_guest() {
  m_arrivals.take(Clock::now());
  base::UniqueFd socket(::accept4(m_ends.listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.valid() || !is_from_guest(socket.get())) return;
  if (m_connections.size() == k_most_connections) m_connections.erase(m_connections.begin());
  m_connections.push_back({.socket = std::move(socket), .until = Clock::now() + k_silence});
}

bool NotifyRelay::is_from_guest(int socket) const {
  if (!m_ends.guest_cid) return true;
  sockaddr_vm peer{};
  socklen_t size = sizeof peer;
  return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
         peer.svm_family == AF_VSOCK && peer.svm_cid == *m_ends.guest_cid;
}

// Closes before it passes anything on: the guest's PID 1 waits for that. Only a manager that is behind makes
// it wait.
void NotifyRelay::take_message(base::UniqueFd& socket) {
  const std::string message = receive(socket.get());
  socket = base::UniqueFd();
  const std::string passed = m_filter.pass(message, Clock::now());
  // Nobody could be told of a failure.
  if (!passed.empty()) static_cast<void>(systemd::notify_at(m_ends.manager, passed));
}

void NotifyRelay::close_old_connections() {
  std::erase_if(m_connections, [now = Clock::now()](const Connection& c) { return c.until <= now; });
}

}  // namespace vmcred::runner
