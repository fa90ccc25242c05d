// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "config/load.h"

// Any bytes give a Config or an error; what was accepted can be asked what it needs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = vmcred::config::parse("/etc/vmcred/vmcred.json", text);
  if (!config) return 0;
  for (const auto& vm : config->vms) (void)vmcred::config::not_yet_supported(vm);
  return 0;
}
