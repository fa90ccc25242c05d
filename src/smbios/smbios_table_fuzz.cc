// SPDX-License-Identifier: Apache-2.0
// Any bytes as an SMBIOS table: what is read lies inside of it, in order and without gaps.
#include <cstdlib>

#include "smbios/type11.h"

namespace {

using vmcred::smbios::Bytes;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(Bytes part, Bytes whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const Bytes table = std::as_bytes(std::span(data, size));
  const auto structures = vmcred::smbios::read_table(table);
  if (!structures) return 0;
  std::size_t used = 0;
  for (const auto& structure : *structures) {
    const Bytes whole = table.subspan(used, structure.size);
    require(structure.type != vmcred::smbios::k_type_end_of_table);
    require(structure.formatted.data() == whole.data() && lies_in(structure.formatted, whole));
    for (const Bytes string : structure.strings) require(!string.empty() && lies_in(string, whole));
    used += structure.size;
  }
  require(used <= size);
  return 0;
}
