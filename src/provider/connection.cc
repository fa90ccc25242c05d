// SPDX-License-Identifier: Apache-2.0
#include "provider/connection.h"

#include <sys/socket.h>
#include <utility>

namespace vmcred::provider {

void Connection::grant(Grant grant) {
  m_grant = std::move(grant);
  m_phase = Phase::sending;
}

void Connection::refuse() {
  m_grant.value = secret::SecretBuffer();
  m_phase = Phase::refusing;
}

SendState Connection::advance() {
  if (m_phase == Phase::refusing) return send_refusal(m_socket.get(), m_refusal_left);
  std::size_t sent = 0;
  const auto rest = m_grant.value.bytes().subspan(m_sent);
  const SendState state = send_some(m_socket.get(), rest.data(), rest.size(), sent);
  m_sent += sent;
  return state;
}

void Connection::end() {
  if (std::exchange(m_ended, true)) return;
  ::shutdown(m_socket.get(), SHUT_WR);
  m_grant.value = secret::SecretBuffer();
}

}  // namespace vmcred::provider
