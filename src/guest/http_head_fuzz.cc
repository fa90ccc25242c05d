// SPDX-License-Identifier: Apache-2.0
// Any bytes as the head of an answer.
#include <cstdlib>

#include "guest/http.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto head = vmcred::guest::parse_http_head({reinterpret_cast<const char*>(data), size});
  if (head && (head->status < 0 || head->status > 999)) std::abort();
  return 0;
}
