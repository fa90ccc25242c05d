// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4) as age spells it, strictly: no white space, no spare bits. For ciphertexts and
// other public bytes only: it looks letters up in tables, for speed; secrets take secret/base64.h.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace vmcred::age {

// Without padding, as in headers.
std::string encode_base64(crypto::Bytes bytes);

// Nothing where the text has padding, a foreign character, an impossible length or spare bits that are not
// zero.
std::optional<std::vector<std::byte>> decode_base64(std::string_view text);

// The same without memory of its own, for long texts: whole groups of 3 bytes and 4 letters, and the lengths
// fit.
void encode_base64_groups(crypto::Bytes bytes, std::span<char> text);
[[nodiscard]] bool decode_base64_groups(std::string_view text, crypto::WritableBytes bytes);

}  // namespace vmcred::age
