// SPDX-License-Identifier: Apache-2.0
// The key schedule of HPKE (RFC 9180, section 5.1) in its base mode, with HKDF-SHA256 and ChaCha20-Poly1305:
// what comes between any key encapsulation and the cipher.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/chacha20_poly1305.h"
#include "secret/buffer.h"

namespace vmcred::crypto {

struct HpkeKey {
  secret::SecretBuffer key;
  std::array<std::byte, k_chacha20_poly1305_nonce_bytes> nonce;  // of the first message
};

// `kem` is the registered number of the encapsulation that `shared` comes from; `info` tells uses apart.
// Fails only where locked memory does.
base::Result<HpkeKey> hpke_base_key(std::uint16_t kem, Bytes shared, std::string_view info);

}  // namespace vmcred::crypto
