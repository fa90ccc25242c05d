// SPDX-License-Identifier: Apache-2.0
#include "secret/base64.h"

#include <algorithm>
#include <cassert>
#include <sodium/utils.h>

namespace vmcred::secret {
namespace {

constexpr int k_variant = sodium_base64_VARIANT_ORIGINAL;

const unsigned char* as_octets(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

}  // namespace

void base64_encode(std::span<const std::byte> bytes, std::span<std::byte> text) {
  assert(text.size() == base64_length(bytes.size()));
  // The library writes a terminator, for which `text` has no room: blocks of whole groups go through a small
  // buffer that has it.
  constexpr std::size_t k_block = 3UL * 64;
  char letters[base64_length(k_block) + 1];
  while (!bytes.empty()) {
    const std::size_t n = std::min(k_block, bytes.size());
    sodium_bin2base64(letters, sizeof letters, as_octets(bytes.data()), n, k_variant);
    const auto encoded = std::as_bytes(std::span(letters).first(base64_length(n)));
    std::copy(encoded.begin(), encoded.end(), text.begin());
    text = text.subspan(encoded.size());
    bytes = bytes.subspan(n);
  }
  sodium_memzero(letters, sizeof letters);
}

std::optional<std::size_t> base64_decode(std::span<const std::byte> text, std::span<std::byte> bytes) {
  assert(bytes.size() >= text.size() / 4 * 3);
  if (text.empty()) return 0;  // both spans may point nowhere, which the library forbids
  std::size_t length = 0;
  const char* end = nullptr;
  const char* letters = reinterpret_cast<const char*>(text.data());
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), letters,
                                       text.size(), " \t\r\n", &length, &end, k_variant);
  if (failed != 0 || end != letters + text.size()) return std::nullopt;
  return length;
}

}  // namespace vmcred::secret
