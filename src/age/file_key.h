// SPDX-License-Identifier: Apache-2.0
// The file key, 16 random bytes that every recipient's stanza wraps, and what is derived from it.
// Source: C2SP age specification, "File key", "Header MAC", "Payload".
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/chacha20_poly1305.h"
#include "crypto/digest.h"
#include "secret/buffer.h"

namespace vmcred::age {

inline constexpr std::size_t k_wrapped_file_key_bytes = 32;
inline constexpr std::size_t k_payload_nonce_bytes = 16;

// A wrap key seals one message only, so that its nonce may be zero.
using WrapNonce = std::array<std::byte, crypto::k_chacha20_poly1305_nonce_bytes>;
inline constexpr WrapNonce k_zero_nonce{};

base::Result<secret::SecretBuffer> new_file_key();

// A file key under a wrap key of 32 bytes that is used for nothing else: the body of most stanzas.
std::vector<std::byte> seal_file_key(crypto::Bytes wrap_key, crypto::Bytes file_key,
                                     const WrapNonce& nonce = k_zero_nonce);

// Nothing where the wrap key is another one. A `header` failure where the body has another size: a longer one
// could be made to open under several keys.
base::Result<std::optional<secret::SecretBuffer>> open_file_key(crypto::Bytes wrap_key, crypto::Bytes body,
                                                                const WrapNonce& nonce = k_zero_nonce);

// The code over a header, from its first byte to the three dashes.
base::Result<crypto::Sha256Digest> header_mac(crypto::Bytes file_key, std::string_view header);

// The key of the payload's chunks.
base::Result<secret::SecretBuffer> payload_key(crypto::Bytes file_key, crypto::Bytes nonce);

}  // namespace vmcred::age
