// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vmcred::guest {

// Where the host hears notifications, as the credential vmm.notify_socket says
// (systemd.system-credentials(7)).
struct NotifyAddress {
  std::uint32_t cid;
  std::uint32_t port;
};

// Reads "vsock-stream:CID:PORT" or "vsock:CID:PORT"; nothing for all else.
std::optional<NotifyAddress> parse_notify_address(std::string_view text);

}  // namespace vmcred::guest
