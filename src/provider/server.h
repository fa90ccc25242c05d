// SPDX-License-Identifier: Apache-2.0
// Answers all who connect, in one thread: nobody waits for another's slow reader or missing secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "provider/connection.h"
#include "provider/guard.h"
#include "provider/record.h"
#include "provider/vault.h"

namespace vmcred::provider {

struct Limits {
  std::size_t connections = 256;  // further ones wait to be accepted
  // To be read to the end. Longer than units take to be given up: the end of the stream before that of the
  // value would pass for it.
  std::chrono::milliseconds reader = std::chrono::minutes(10);
  std::chrono::milliseconds rest =
      std::chrono::seconds(2);  // without a connection, until memory is given back
  std::chrono::milliseconds retry = std::chrono::milliseconds(50);  // of those who wait for a secret
};

class Server {
 public:
  // `listener` does not block. All others must outlive it.
  Server(base::UniqueFd listener, Vault& vault, Record& record, Guard& guard, Limits limits = {})
      : m_listener(std::move(listener)), m_vault(vault), m_record(record), m_guard(guard), m_limits(limits) {}

  // Until `stop` can be read. Who has no complete answer then is refused, by the guard when this process
  // ends.
  base::Result<void> run(int stop);

 private:
  enum class Fate { stays, done };

  int patience(Clock::time_point now) const;
  void rest();
  void accept_one(Clock::time_point now);
  Fate begin(Connection& connection);
  Fate answer(Connection& connection);
  Fate refuse(Connection& connection, const base::Error& error, Record::IsOfUnit is_of_unit);
  Fate advance(Connection& connection);
  Fate serve(Connection& connection, short events, Clock::time_point now);
  Fate done(Connection& connection);
  void tell_status();
  void stop();

  base::UniqueFd m_listener;
  Vault& m_vault;
  Record& m_record;
  Guard& m_guard;
  Limits m_limits;
  std::list<Connection> m_connections;
  std::uint64_t m_last_token = 0;
  Clock::time_point m_accept_from;
  Clock::time_point m_next_retry;
  std::string m_status;
  bool m_rests = false;
};

}  // namespace vmcred::provider
