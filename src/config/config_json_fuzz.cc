// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "config/load.h"

// Any bytes give a Config or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)vmcred::config::parse("/etc/vmcred/vmcred.json", text);
  return 0;
}
