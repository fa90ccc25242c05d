// SPDX-License-Identifier: Apache-2.0
// Any bytes as an archive: what can be read is, written again, the same to the last byte.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "credential/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  namespace credential = vmcred::credential;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto set = credential::read_archive(bytes);
  if (!set) return 0;
  if (credential::archive_size(credential::archived_outlines(*set)) != size) std::abort();
  std::vector<std::byte> again(size);
  credential::write_archive(*set, again);
  if (!std::ranges::equal(again, bytes)) std::abort();
  return 0;
}
