// SPDX-License-Identifier: Apache-2.0
// The payload of an age file: chunks of 64 KiB, each sealed by ChaCha20-Poly1305 under a counter, the last
// one marked. Source: C2SP age specification, "Payload" (STREAM).
#pragma once

#include <cstddef>

#include "age/channel.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::size_t k_chunk_bytes = 64UL * 1024;

// Both read to the end of the source, at most `most` bytes where that is known (0: it is not), and use memory
// for a few chunks.
base::Result<void> seal_payload(crypto::Bytes key, Source& plaintext, Sink& sealed, std::size_t most);

// A `payload` failure where a chunk is not authentic, or where they end too early or too late. What has been
// written by then is authentic.
base::Result<void> open_payload(crypto::Bytes key, Source& sealed, Sink& plaintext, std::size_t most);

}  // namespace vmcred::age
