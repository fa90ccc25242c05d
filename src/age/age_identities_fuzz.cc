// SPDX-License-Identifier: Apache-2.0
// Any bytes as an identity file and as a recipients file: neither crashes, and what is accepted holds a key.
// Plugins are not started, and nobody is asked.
#include <cstdlib>

#include "age/age.h"

// libFuzzer gives the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace vmcred;
  const auto identities = age::parse_identities(std::as_bytes(std::span(data, size)), "file");
  if (identities && identities->empty()) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> warnings;
  const auto recipients = age::parse_recipients(text, "file", &warnings);
  if (recipients && recipients->empty()) std::abort();
  return 0;
}
