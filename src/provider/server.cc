// SPDX-License-Identifier: Apache-2.0
#include "provider/server.h"

#include <poll.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/text.h"
#include "provider/peer.h"
#include "provider/rest.h"
#include "systemd/notify.h"

namespace vmcred::provider {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using std::chrono::milliseconds;

constexpr auto k_pause_without_descriptors = milliseconds(100);

short events_of(const Connection& connection) {
  return connection.phase() == Connection::Phase::waiting ? 0 : POLLOUT;
}

}  // namespace

base::Result<void> Server::run(int stop_fd) {
  for (;;) {
    tell_status();
    const bool accepts = m_connections.size() < m_limits.connections && Clock::now() >= m_accept_from;
    std::vector<pollfd> fds = {{.fd = stop_fd, .events = POLLIN, .revents = 0},
                               {.fd = accepts ? m_listener.get() : -1, .events = POLLIN, .revents = 0}};
    for (const Connection& each : m_connections)
      fds.push_back({.fd = each.socket(), .events = events_of(each), .revents = 0});
    const int ready = ::poll(fds.data(), fds.size(), patience(Clock::now()));
    if (ready < 0 && errno != EINTR) return base::errno_error("wait for connections");
    if (ready == 0 && m_connections.empty()) rest();
    if (fds[0].revents != 0) break;
    const auto now = Clock::now();
    auto polled = fds.begin() + 2;
    for (auto each = m_connections.begin(); each != m_connections.end(); ++polled)
      each = serve(*each, polled->revents, now) == Fate::done ? m_connections.erase(each) : std::next(each);
    if (now >= m_next_retry) m_next_retry = now + m_limits.retry;
    if (fds[1].revents != 0) accept_one(now);
  }
  stop();
  return {};
}

// For poll(): until the next thing is to be done without anybody's doing.
int Server::patience(Clock::time_point now) const {
  auto next = now + (m_rests ? std::chrono::hours(1) : m_limits.rest);
  if (m_accept_from > now) next = m_accept_from;
  for (const Connection& each : m_connections) {
    next = std::min(next, each.began() + m_limits.reader);
    if (each.phase() == Connection::Phase::waiting) next = std::min(next, m_next_retry);
  }
  return static_cast<int>(std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds(0)).count());
}

void Server::rest() {
  if (!m_rests) give_back_memory();
  m_rests = true;
}

void Server::accept_one(Clock::time_point now) {
  m_rests = false;
  UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.valid()) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
    m_record.warn(base::errno_error("accept a connection").what);
    m_accept_from = now + k_pause_without_descriptors;
    return;
  }
  Connection& connection = m_connections.emplace_back(std::move(socket), ++m_last_token, now);
  if (const auto held = m_guard.hold(connection.token(), connection.socket()); !held)
    m_record.warn(held.error().what);
  if (begin(connection) == Fate::done) m_connections.pop_back();
}

Server::Fate Server::begin(Connection& connection) {
  const auto peer = peer_of(connection.socket());
  if (!peer) return refuse(connection, peer.error(), Record::IsOfUnit::no);
  auto request = credential::parse_peer_name(peer->name);
  if (!request) return refuse(connection, request.error(), Record::IsOfUnit::no);
  connection.set_request(*std::move(request));
  if (const auto checked = check_peer(*peer, *connection.request()); !checked)
    return refuse(connection, checked.error(), Record::IsOfUnit::no);
  return answer(connection);
}

Server::Fate Server::answer(Connection& connection) {
  auto found = m_vault.look_up(*connection.request());
  if (!found) return refuse(connection, found.error(), Record::IsOfUnit::yes);
  if (auto* grant = std::get_if<Grant>(&*found)) {
    connection.grant(std::move(*grant));
    return advance(connection);
  }
  const auto& not_yet = std::get<NotYet>(*found);
  if (Clock::now() < connection.began() + std::chrono::seconds(not_yet.wait_s)) return Fate::stays;
  return refuse(connection, not_yet.error, Record::IsOfUnit::yes);
}

Server::Fate Server::refuse(Connection& connection, const Error& error, Record::IsOfUnit is_of_unit) {
  m_record.refused(connection.request(), error, is_of_unit);
  connection.refuse();
  return advance(connection);
}

Server::Fate Server::advance(Connection& connection) {
  const SendState state = connection.advance();
  if (state == SendState::full) return Fate::stays;
  // The unit waits for the end of its value; what is to be told of it can come later.
  connection.end();
  if (connection.phase() == Connection::Phase::sending) {
    if (state == SendState::all)
      m_record.granted(*connection.request(), connection.granted().version, connection.granted().all);
    else
      m_record.warn(base::concat(connection.request()->unit, " left before it had all of ",
                                 connection.request()->id.text()));
  }
  return done(connection);
}

Server::Fate Server::serve(Connection& connection, short events, Clock::time_point now) {
  if (now >= connection.began() + m_limits.reader) {
    m_record.warn("gave up a connection that nobody reads");
    // The end of half a value would look like that of a whole one: the guard keeps it open, and refuses it.
    if (connection.phase() == Connection::Phase::sending) return Fate::done;
    return done(connection);
  }
  if (connection.phase() != Connection::Phase::waiting)
    return events != 0 ? advance(connection) : Fate::stays;
  if ((events & (POLLHUP | POLLERR)) != 0) {
    m_record.warn(base::concat(connection.request()->unit, " left while ", connection.request()->id.text(),
                               " was waited for"));
    return done(connection);
  }
  return now >= m_next_retry ? answer(connection) : Fate::stays;
}

Server::Fate Server::done(Connection& connection) {
  connection.end();  // of one that was given up
  m_guard.release(connection.token());
  return Fate::done;
}

void Server::tell_status() {
  std::string status = m_vault.status();
  if (status == m_status) return;
  m_status = std::move(status);
  if (const auto told = systemd::notify(base::concat("STATUS=", base::escaped(m_status))); !told)
    m_record.warn(told.error().what);
}

void Server::stop() {
  const Error stopped = {.kind = ErrorKind::refused,
                         .what = "the provider was stopped before the answer was complete"};
  for (const Connection& each : m_connections)
    if (each.phase() != Connection::Phase::refusing)
      m_record.refused(each.request(), stopped, Record::IsOfUnit::yes);
}

}  // namespace vmcred::provider
