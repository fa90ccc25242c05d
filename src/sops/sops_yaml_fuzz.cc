// SPDX-License-Identifier: Apache-2.0
// Any bytes as YAML: what is read is written, and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "sops/yaml.h"

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmcred::sops;
  const auto trees = parse_yaml(std::as_bytes(std::span(data, size)), Reading::plain);
  if (!trees) return 0;
  const auto text = emit_yaml(*trees, 0);
  if (!text) return 0;
  const auto again = parse_yaml(text->bytes(), Reading::plain);
  if (!again || again->size() != trees->size()) std::abort();
  for (std::size_t i = 0; i < trees->size(); ++i) {
    if (!equal_plaintext((*trees)[i], (*again)[i])) std::abort();
  }
  return 0;
}
