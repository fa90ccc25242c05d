// SPDX-License-Identifier: Apache-2.0
// Any bytes as an age header: what is accepted is written again as the same text, but for its code.
#include <cstdlib>

#include "age/header.h"

// libFuzzer gives the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace vmcred;
  age::MemorySource memory(std::as_bytes(std::span(data, size)));
  age::BufferedSource source(memory);
  const auto header = age::read_header(source);
  if (!header) return 0;
  constexpr std::byte k_file_key[16]{};
  const auto text = age::write_header(header->stanzas, k_file_key);
  if (!text || !text->starts_with(header->authenticated)) std::abort();
  return 0;
}
