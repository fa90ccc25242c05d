// SPDX-License-Identifier: Apache-2.0
// Records of launches: what is read comes back from its own text, whatever stood in the file.
#include <cstdint>
#include <cstdlib>

#include "history/difference.h"
#include "history/record.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmcred::history;
  const auto record = parse_record({reinterpret_cast<const char*>(data), size}, "record");
  if (!record) return 0;
  const auto again = parse_record(text_of(*record), "record");
  if (!again || text_of(*again) != text_of(*record)) std::abort();
  static_cast<void>(sentence(difference({.record = *again, .unseen = {}}, *record)));
  return 0;
}
