// SPDX-License-Identifier: Apache-2.0
#include "provider/refusal.h"

#include <sys/socket.h>
#include <algorithm>
#include <cerrno>

namespace vmcred::provider {

SendState send_some(int connection, const std::byte* bytes, std::size_t size, std::size_t& sent) {
  for (sent = 0; sent < size;) {
    const ssize_t n = ::send(connection, bytes + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN ? SendState::full : SendState::gone;
    sent += static_cast<std::size_t>(n);
  }
  return SendState::all;
}

SendState send_zeros(int connection, std::size_t& left) {
  static constexpr std::byte k_zeros[16 * 1024] = {};
  while (left > 0) {
    std::size_t sent = 0;
    const SendState state = send_some(connection, k_zeros, std::min(left, sizeof k_zeros), sent);
    left -= sent;
    if (state != SendState::all) return state;
  }
  return SendState::all;
}

}  // namespace vmcred::provider
