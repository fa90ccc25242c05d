// SPDX-License-Identifier: Apache-2.0
// A second process that sees to it that nobody takes a provider's death for the end of a value. It holds each
// connection until it is told that the answer is complete; when the provider is gone, it refuses those that
// are left, and ends. It never sees a secret.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::provider {

class Guard {
 public:
  // `patience`: how long it waits for readers, once the provider is gone.
  explicit Guard(std::chrono::milliseconds patience = std::chrono::seconds(20)) : m_patience(patience) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard();

  // Starts it, or starts it again. Early: it keeps what memory this process has now.
  base::Result<void> start();

  // From now on it holds the connection. Starts the process again where somebody has killed it.
  base::Result<void> hold(std::uint64_t token, int connection);

  // The answer is complete.
  void release(std::uint64_t token) const;

 private:
  void reap();

  std::chrono::milliseconds m_patience;
  base::UniqueFd m_channel;
  pid_t m_process = -1;
};

}  // namespace vmcred::provider
