// SPDX-License-Identifier: Apache-2.0
#include "provider/refusal.h"

#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cerrno>

#include "credential/provider_protocol.h"

namespace vmcred::provider {
namespace {

// The text so often that few calls are needed; the refusal is a multiple of this piece.
constexpr auto k_piece = [] {
  std::array<std::byte, 512 * credential::k_refusal_text.size()> piece{};
  for (std::size_t i = 0; i < piece.size(); ++i)
    piece[i] = static_cast<std::byte>(credential::k_refusal_text[i % credential::k_refusal_text.size()]);
  return piece;
}();
static_assert(k_refusal_bytes % k_piece.size() == 0);

}  // namespace

SendState send_some(int connection, const std::byte* bytes, std::size_t size, std::size_t& sent) {
  for (sent = 0; sent < size;) {
    const ssize_t n = ::send(connection, bytes + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN ? SendState::full : SendState::gone;
    sent += static_cast<std::size_t>(n);
  }
  return SendState::all;
}

SendState send_refusal(int connection, std::size_t& left) {
  while (left > 0) {
    const std::size_t begin = (k_refusal_bytes - left) % k_piece.size();
    std::size_t sent = 0;
    const SendState state =
        send_some(connection, k_piece.data() + begin, std::min(left, k_piece.size() - begin), sent);
    left -= sent;
    if (state != SendState::all) return state;
  }
  return SendState::all;
}

}  // namespace vmcred::provider
