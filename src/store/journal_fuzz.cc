// SPDX-License-Identifier: Apache-2.0
// Any bytes as a journal's record: what is read has one form only, and its paths stay in the repository.
#include <cstdlib>

#include "store/journal.h"
#include "store/tree_path.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto journal = vmcred::store::parse_journal(text);
  if (!journal) return 0;
  if (vmcred::store::text_of(*journal) != text) std::abort();
  for (const auto* paths : {&journal->written, &journal->removed})
    for (const auto& path : *paths)
      if (!vmcred::store::check_path(path)) std::abort();
  return 0;
}
