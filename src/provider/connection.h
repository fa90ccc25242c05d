// SPDX-License-Identifier: Apache-2.0
// One credential on its way to one reader, who may be slow. Never waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/unique_fd.h"
#include "credential/provider_protocol.h"
#include "provider/refusal.h"
#include "provider/vault.h"

namespace vmcred::provider {

using Clock = std::chrono::steady_clock;

class Connection {
 public:
  enum class Phase { waiting, sending, refusing };

  Connection(base::UniqueFd socket, std::uint64_t token, Clock::time_point now)
      : m_socket(std::move(socket)), m_token(token), m_began(now) {}

  int socket() const { return m_socket.get(); }
  std::uint64_t token() const { return m_token; }
  Clock::time_point began() const { return m_began; }
  Phase phase() const { return m_phase; }

  // What it asks for, once that is known.
  const std::optional<credential::ProviderRequest>& request() const { return m_request; }
  void set_request(credential::ProviderRequest request) { m_request = std::move(request); }

  // Decides what advance() sends.
  void grant(Grant grant);
  void refuse();
  const Grant& granted() const { return m_grant; }

  // Sends what goes without waiting.
  SendState advance();

  // The answer is complete: the reader sees its end, even where others hold the connection. The value is
  // wiped.
  void end();

 private:
  base::UniqueFd m_socket;
  std::uint64_t m_token;
  Clock::time_point m_began;
  Phase m_phase = Phase::waiting;
  bool m_ended = false;
  std::optional<credential::ProviderRequest> m_request;
  Grant m_grant;
  std::size_t m_sent = 0;
  std::size_t m_refusal_left = k_refusal_bytes;
};

}  // namespace vmcred::provider
