// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys (RFC 8032) used as X25519 keys: both curves are the same one, in two coordinates.
#pragma once

#include <array>
#include <optional>

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/x25519.h"
#include "secret/buffer.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_ed25519_seed_bytes = 32;
inline constexpr std::size_t k_ed25519_public_bytes = 32;
using Ed25519PublicKey = std::array<std::byte, k_ed25519_public_bytes>;

// The public key of a 32-byte seed. Fails only where locked memory does.
base::Result<Ed25519PublicKey> ed25519_public(Bytes seed);

// u = (1 + y) / (1 - y). Nothing where the 32 bytes are no point of the prime-order group: nobody's public
// key.
std::optional<X25519Point> x25519_of_ed25519_public(Bytes public_key);

// The scalar that the seed signs with: the first half of its SHA-512, clamped. Fails only where locked memory
// does.
base::Result<secret::SecretBuffer> x25519_scalar_of_ed25519_seed(Bytes seed);

}  // namespace vmcred::crypto
