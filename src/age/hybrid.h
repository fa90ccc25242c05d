// SPDX-License-Identifier: Apache-2.0
// The post-quantum recipients "age1pq1…" and identities "AGE-SECRET-KEY-PQ-1…" (stanza mlkem768x25519). They
// need ML-KEM-768, which libcrypto has from OpenSSL 3.5 on; this build is without it.
#pragma once

#include "base/error.h"

namespace vmcred::age {

inline constexpr std::string_view k_hybrid_recipient_prefix = "age1pq1";
inline constexpr std::string_view k_hybrid_identity_prefix = "AGE-SECRET-KEY-PQ-1";

// What every use of such a key ends with: a `host` error.
base::Error hybrid_is_missing();

}  // namespace vmcred::age
