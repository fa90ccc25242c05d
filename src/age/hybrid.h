// SPDX-License-Identifier: Apache-2.0
// The post-quantum recipients "age1pq1…" and identities "AGE-SECRET-KEY-PQ-1…": X-Wing (age/x_wing.h) under
// HPKE. They need ML-KEM-768, which libcrypto has from OpenSSL 3.5 on; without it everything here is a `host`
// error that says so. Source: C2SP age specification, recipient type mlkem768x25519.
#pragma once

#include <memory>
#include <string_view>

#include "age/identity.h"
#include "age/recipient.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::string_view k_hybrid_recipient_start = "age1pq1";
inline constexpr std::string_view k_hybrid_identity_start = "AGE-SECRET-KEY-PQ-1";

base::Result<std::unique_ptr<const Recipient>> parse_hybrid_recipient(std::string_view text);
base::Result<std::unique_ptr<const Identity>> parse_hybrid_identity(crypto::Bytes text);

}  // namespace vmcred::age
