// SPDX-License-Identifier: Apache-2.0
#include "guest/notify_address.h"

#include <charconv>

namespace vmcred::guest {
namespace {

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<NotifyAddress> parse_notify_address(std::string_view text) {
  for (const std::string_view kind : {"vsock-stream:", "vsock:"}) {
    if (!text.starts_with(kind)) continue;
    text.remove_prefix(kind.size());
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto cid = parse_number(text.substr(0, colon));
    const auto port = parse_number(text.substr(colon + 1));
    if (!cid || !port) return std::nullopt;
    return NotifyAddress{.cid = *cid, .port = *port};
  }
  return std::nullopt;
}

}  // namespace vmcred::guest
