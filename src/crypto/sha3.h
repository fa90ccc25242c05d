// SPDX-License-Identifier: Apache-2.0
// SHA-3 (FIPS 202).
#pragma once

#include <initializer_list>

#include "crypto/bytes.h"

namespace vmcred::crypto {

inline constexpr std::size_t k_sha3_256_bytes = 32;

// The digest (32 bytes) of the parts, one after the other.
void sha3_256(std::initializer_list<Bytes> parts, WritableBytes digest);

// As much of SHAKE256's output as `output` takes, for the parts one after the other.
void shake256(std::initializer_list<Bytes> parts, WritableBytes output);

}  // namespace vmcred::crypto
