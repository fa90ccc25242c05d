// SPDX-License-Identifier: Apache-2.0
// The header of an age file: its stanzas and the code that authenticates them. Read as strictly as the
// grammar of the C2SP age specification ("Header"), so that what is read has one spelling only.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "age/channel.h"
#include "age/stanza.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/digest.h"

namespace vmcred::age {

// Our limits; the specification has none. A file beyond them is a header failure, and is not written either.
inline constexpr std::size_t k_max_header_bytes = 4UL * 1024 * 1024;
inline constexpr std::size_t k_max_stanzas = 65'536;

inline constexpr std::string_view k_version_line = "age-encryption.org/v1";

struct Header {
  std::vector<Stanza> stanzas;
  crypto::Sha256Digest mac;
  std::string authenticated;  // the part of the text that the code is for
};

// Reads the header, and nothing after it. A `header` failure where it is malformed.
base::Result<Header> read_header(BufferedSource& source);

// The text of a whole header, with the code that belongs to it.
base::Result<std::string> write_header(std::span<const Stanza> stanzas, crypto::Bytes file_key);

// False where the header is not the one that was written for this file key.
base::Result<bool> is_authentic(const Header& header, crypto::Bytes file_key);

}  // namespace vmcred::age
