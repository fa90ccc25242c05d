// SPDX-License-Identifier: Apache-2.0
// A client for QEMU's machine protocol: JSON lines over a Unix socket. Source: QEMU's "QMP protocol
// specification".
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

class QmpClient {
 public:
  // Connects and takes the greeting. Waits for each answer until `deadline`. Fails with a vmm error when
  // nobody listens there, when somebody else is connected already (QEMU serves one client), or when the peer
  // talks something else.
  static base::Result<QmpClient> connect(const std::string& socket_path,
                                         std::chrono::steady_clock::time_point deadline);

  // Runs a command without arguments. Events that arrive before its answer are passed over.
  base::Result<void> execute(std::string_view command, std::chrono::steady_clock::time_point deadline);

  // Presses keys of the guest's keyboard at once, by QEMU's names for them, and lets go of them.
  base::Result<void> press_keys(std::span<const std::string_view> keys,
                                std::chrono::steady_clock::time_point deadline);

 private:
  explicit QmpClient(base::UniqueFd socket) : m_socket(std::move(socket)) {}

  base::Result<void> send_request(std::string_view command, const std::string& request,
                                  std::chrono::steady_clock::time_point deadline);
  base::Result<std::string> read_line(std::chrono::steady_clock::time_point deadline);

  base::UniqueFd m_socket;
  std::string m_received;
};

}  // namespace vmcred::runner
