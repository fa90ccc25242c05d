// SPDX-License-Identifier: Apache-2.0
// Any bytes as key.json: what is read is written in a form that reads as the same.
#include <cstdlib>

#include "store/key_json.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using vmcred::store::parse_key_json;
  const auto keys = parse_key_json({reinterpret_cast<const char*>(data), size}, "key.json");
  if (!keys) return 0;
  const std::string text = vmcred::store::key_json(*keys);
  const auto again = parse_key_json(text, "key.json");
  if (!again || *again != *keys || vmcred::store::key_json(*again) != text) std::abort();
  return 0;
}
