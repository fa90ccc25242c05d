// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "sops/creation_rules.h"

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmcred::sops;
  std::vector<std::string> warnings;
  const auto config =
      SopsConfig::parse("/a/.sops.yaml", {reinterpret_cast<const char*>(data), size}, warnings);
  if (config) (void)config->rule_for("/a/b/c.yaml").has_value();
  return 0;
}
