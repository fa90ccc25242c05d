// SPDX-License-Identifier: Apache-2.0
// Any bytes as a manifest: what is accepted has the one length that its entries give, and names in order.
#include <algorithm>
#include <cstdlib>

#include "credential/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using vmcred::credential::Manifest;
  using vmcred::credential::ManifestEntry;
  const auto manifest = Manifest::parse(std::as_bytes(std::span(data, size)));
  if (!manifest) return 0;
  const auto& entries = manifest->entries();
  std::vector<Manifest::Outline> outlines;
  outlines.reserve(entries.size());
  for (const auto& entry : entries) outlines.push_back({.name = &entry.name, .size = entry.size});
  if (Manifest::text_size(outlines) != size) std::abort();
  if (!std::ranges::is_sorted(entries, {}, &ManifestEntry::name)) std::abort();
  for (const auto& entry : entries) static_cast<void>(manifest->matches(entry, {}));
  return 0;
}
