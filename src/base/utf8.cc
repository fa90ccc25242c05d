// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace vmcred::base {
namespace {

// The second byte's range is what excludes surrogates, overlong forms and too large numbers.
struct Sequence {
  std::size_t length;
  unsigned char second_from;
  unsigned char second_to;
};

Sequence sequence_of(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first < 0xf0) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first < 0xf4) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// The length of the code point at the start of `text`, or 0.
std::size_t code_point_length(std::string_view text) {
  const Sequence sequence = sequence_of(static_cast<unsigned char>(text.front()));
  if (sequence.length <= 1) return sequence.length;
  if (text.size() < sequence.length) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < sequence.second_from || second > sequence.second_to) return 0;
  for (std::size_t i = 2; i < sequence.length; ++i)
    if (!is_continuation(text[i])) return 0;
  return sequence.length;
}

// Most texts are ASCII: eight bytes at once.
std::size_t ascii_length(std::string_view text) {
  constexpr std::uint64_t k_high_bits = 0x8080808080808080;
  std::size_t done = 0;
  for (std::uint64_t bytes = 0; text.size() - done >= sizeof bytes; done += sizeof bytes) {
    std::memcpy(&bytes, text.data() + done, sizeof bytes);
    if ((bytes & k_high_bits) != 0) break;
  }
  return done;
}

}  // namespace

std::size_t valid_utf8_length(std::string_view text) {
  std::size_t done = ascii_length(text);
  while (done < text.size()) {
    const std::size_t length = code_point_length(text.substr(done));
    if (length == 0) break;
    done += length;
    done += ascii_length(text.substr(done));
  }
  return done;
}

}  // namespace vmcred::base
