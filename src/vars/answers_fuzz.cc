// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "vars/answers.h"

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vmcred::vars::parse_answers(std::as_bytes(std::span(data, size)), "answers");
  return 0;
}
