// SPDX-License-Identifier: Apache-2.0
// Any bytes as Bech32: what is accepted is encoded again as the same text.
#include <algorithm>
#include <cstdlib>

#include "age/bech32.h"

// libFuzzer gives the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace vmcred;
  const auto text = std::as_bytes(std::span(data, size));
  const auto decoded = age::decode_bech32(text);
  if (!decoded) return 0;
  // A prefix without letters leaves the case to the data.
  const bool has_letter = std::any_of(decoded->prefix.begin(), decoded->prefix.end(),
                                      [](unsigned char letter) { return std::isalpha(letter) != 0; });
  if (!has_letter) return 0;
  const std::string again = age::encode_bech32(decoded->prefix, decoded->data.bytes());
  if (again != std::string_view(reinterpret_cast<const char*>(data), size)) std::abort();
  return 0;
}
