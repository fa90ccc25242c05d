// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace vmcred::base {

// How many bytes from the start are valid UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing past
// U+10FFFF).
std::size_t valid_utf8_length(std::string_view text);

// Is this a byte inside a code point, not its first?
inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace vmcred::base
