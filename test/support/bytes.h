// SPDX-License-Identifier: Apache-2.0
// For tests: texts as bytes, bytes as texts. Only for values that are made up.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vmcred::test_support {

// The bytes of `text`, which must stay alive.
inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Every byte once, 0x00 to 0xff.
inline std::string all_bytes() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  return text;
}

}  // namespace vmcred::test_support
