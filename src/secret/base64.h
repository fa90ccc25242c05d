// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4) in time that does not depend on the bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace vmcred::secret {

// The length of `size` bytes in base64, padding included.
constexpr std::size_t base64_length(std::size_t size) { return (size + 2) / 3 * 4; }

// Writes the base64 text of `bytes`, without a terminator. `text` must have exactly
// base64_length(bytes.size()).
void base64_encode(std::span<const std::byte> bytes, std::span<std::byte> text);

// Decodes padded base64, skipping white space between the letters as systemd does. `bytes` must hold at least
// text.size() / 4 * 3. Returns the decoded length, or nothing if the text is malformed.
std::optional<std::size_t> base64_decode(std::span<const std::byte> text, std::span<std::byte> bytes);

}  // namespace vmcred::secret
