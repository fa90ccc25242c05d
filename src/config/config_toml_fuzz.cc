// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "config/load.h"

namespace {

// Points anywhere.
std::vector<vmcred::config::VmFinding> check(const vmcred::config::VirtualMachine& vm) {
  if (vm.process_name.empty()) return {};
  return {{.key = vm.process_name, .sentence = "a sentence", .hint = ""}};
}

}  // namespace

// Any bytes give a Config or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)vmcred::config::parse("/etc/vmcred/vmcred.toml", text, check);
  return 0;
}
