// SPDX-License-Identifier: Apache-2.0
// Any bytes as an OEM string: what is read as a credential survives being written and read again.
#include <cstdlib>
#include <vector>

#include "credential/oem_string.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  namespace credential = vmcred::credential;
  const auto first = credential::read_oem_string(std::as_bytes(std::span(data, size)));
  if (!first || !first->has_value()) return 0;
  const credential::Credential& read = **first;

  std::vector<std::byte> text(credential::oem_string_length(read.name, read.value.size()));
  credential::write_oem_string(read, text);
  const auto second = credential::read_oem_string(text);
  const bool same = second && second->has_value() && (*second)->name == read.name &&
                    (*second)->value.equals(read.value.bytes());
  if (!same) std::abort();
  return 0;
}
