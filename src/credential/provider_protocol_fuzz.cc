// SPDX-License-Identifier: Apache-2.0
// Any bytes as a peer's socket name: what is accepted is the one spelling of its parts, and safe as a file's
// name.
#include <cstdlib>

#include "base/text.h"
#include "credential/provider_protocol.h"

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  const auto request = vmcred::credential::parse_peer_name(name);
  if (!request) return 0;
  const std::string tail = vmcred::base::concat("/unit/", request->unit, "/", request->id.text());
  if (!name.ends_with(tail) || name.size() < tail.size() + 2 || name.size() > tail.size() + 17) std::abort();
  const std::string& unit = request->unit;
  if (unit.empty() || unit.front() == '.' || unit.find('/') != std::string::npos ||
      unit.find('\0') != std::string::npos)
    std::abort();
  return 0;
}
