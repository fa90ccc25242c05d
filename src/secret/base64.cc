// SPDX-License-Identifier: Apache-2.0
#include "secret/base64.h"

#include <sodium/utils.h>
#include <algorithm>
#include <cassert>
#include <cstdint>

namespace vmcred::secret {
namespace {

constexpr int k_variant = sodium_base64_VARIANT_ORIGINAL;

// The letter of a six-bit value, by arithmetic alone: a table look-up would show in the cache which one it
// was. Each term is the step from one range of the alphabet to the next, masked by the sign of the
// comparison. Ours and not the library's, which calls two functions for each letter: with hundreds of
// credentials that was a tenth of a start.
constexpr std::byte letter_of(std::uint32_t value) {
  const auto number = static_cast<std::int32_t>(value & 63U);
  const std::int32_t letter =
      number + 'A' + (((25 - number) >> 8) & ('a' - 'Z' - 1)) + (((51 - number) >> 8) & ('0' - 'z' - 1)) +
      (((61 - number) >> 8) & ('+' - '9' - 1)) + (((62 - number) >> 8) & ('/' - '+' - 1));
  return static_cast<std::byte>(letter);
}

}  // namespace

void base64_encode(std::span<const std::byte> bytes, std::span<std::byte> text) {
  assert(text.size() == base64_length(bytes.size()));
  constexpr std::size_t k_group = 3;
  const auto octet = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::size_t in = 0;
  std::size_t out = 0;
  for (; in + k_group <= bytes.size(); in += k_group, out += 4) {
    const std::uint32_t group = octet(in) << 16U | octet(in + 1) << 8U | octet(in + 2);
    text[out] = letter_of(group >> 18U);
    text[out + 1] = letter_of(group >> 12U);
    text[out + 2] = letter_of(group >> 6U);
    text[out + 3] = letter_of(group);
  }
  const std::size_t left = bytes.size() - in;
  if (left == 0) return;
  const std::uint32_t group = octet(in) << 16U | (left == 2 ? octet(in + 1) << 8U : 0);
  text[out] = letter_of(group >> 18U);
  text[out + 1] = letter_of(group >> 12U);
  text[out + 2] = left == 2 ? letter_of(group >> 6U) : std::byte{'='};
  text[out + 3] = std::byte{'='};
}

std::optional<std::size_t> base64_decode(std::span<const std::byte> text, std::span<std::byte> bytes) {
  assert(bytes.size() >= text.size() / 4 * 3);
  if (text.empty()) return 0;  // both spans may point nowhere, which the library forbids
  // The library takes the bytes 0xab and 0xaf for '+' and '/', and skips zeros with the white space.
  bool foreign = false;
  for (const std::byte letter : text)
    foreign |= letter == std::byte{0} || (letter & std::byte{0x80}) != std::byte{0};
  if (foreign) return std::nullopt;
  std::size_t length = 0;
  const char* end = nullptr;
  const char* letters = reinterpret_cast<const char*>(text.data());
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), letters,
                                       text.size(), " \t\r\n", &length, &end, k_variant);
  if (failed != 0 || end != letters + text.size()) return std::nullopt;
  return length;
}

}  // namespace vmcred::secret
