// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA-256 (RFC 2104) and the key derivation built on it (HKDF, RFC 5869).
#pragma once

#include <initializer_list>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/digest.h"

namespace vmcred::crypto {

// The code of the parts, one after the other.
Sha256Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts);

// Fills `key` (at most 255 * 32 bytes) from the input key material. Material and salt may be empty.
void hkdf_sha256(Bytes material, Bytes salt, std::string_view info, WritableBytes key);

// Equality in time that depends on the sizes only.
bool equal_in_constant_time(Bytes a, Bytes b);

}  // namespace vmcred::crypto
