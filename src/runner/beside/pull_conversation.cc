// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/pull_conversation.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cerrno>

#include "credential/pull.h"

namespace vmcred::runner {
namespace {

constexpr std::size_t k_max_line_bytes =
    std::max(credential::k_pull_request.size(), credential::k_pull_taken.size());

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

PullConversation::PullConversation(base::UniqueFd socket, const PullAnswerFile& answer)
    : m_socket(std::move(socket)), m_answer(answer) {}

short PullConversation::events() const {
  return m_is_asked && m_sent < m_answer.size ? POLLIN | POLLOUT : POLLIN;
}

PullConversation::State PullConversation::go_on() {
  if (const State state = read(); state != State::goes_on) return state;
  return send();
}

PullConversation::State PullConversation::read() {
  std::array<char, k_max_line_bytes> buffer{};
  for (;;) {
    const ssize_t n = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0) return is_for_later(errno) ? State::goes_on : State::over;
    if (n == 0) return State::over;
    m_received.append(buffer.data(), static_cast<std::size_t>(n));
    for (auto end = m_received.find('\n'); end != std::string::npos; end = m_received.find('\n')) {
      const std::string line = m_received.substr(0, end + 1);
      m_received.erase(0, end + 1);
      if (const State state = take_line(line); state != State::goes_on) return state;
    }
    if (m_received.size() >= k_max_line_bytes) return State::over;
  }
}

PullConversation::State PullConversation::take_line(const std::string& line) {
  if (line == credential::k_pull_taken && m_is_asked && m_sent == m_answer.size) return State::taken;
  if (line != credential::k_pull_request) return State::over;
  // On a channel without connections a guest that asks again begins anew.
  m_is_asked = true;
  m_sent = 0;
  return State::goes_on;
}

PullConversation::State PullConversation::send() {
  while (m_is_asked && m_sent < m_answer.size) {
    auto offset = static_cast<off_t>(m_sent);
    const ssize_t n = ::sendfile(m_socket.get(), m_answer.file, &offset, m_answer.size - m_sent);
    if (n < 0) return is_for_later(errno) ? State::goes_on : State::over;
    if (n == 0) return State::over;
    m_sent += static_cast<std::size_t>(n);
  }
  return State::goes_on;
}

}  // namespace vmcred::runner
