// SPDX-License-Identifier: Apache-2.0
// X25519 (RFC 7748).
#pragma once

#include <array>

#include "crypto/bytes.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_x25519_bytes = 32;
using X25519Point = std::array<std::byte, k_x25519_bytes>;

// The public point of a 32-byte scalar.
X25519Point x25519_public(Bytes scalar);

// scalar * point into `shared` (32 bytes). False where the result is all zeros (RFC 7748, section 6.1): the
// point is of low order and the result must not be used.
[[nodiscard]] bool x25519(Bytes scalar, Bytes point, WritableBytes shared);

}  // namespace vmcred::crypto
