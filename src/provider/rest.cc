// SPDX-License-Identifier: Apache-2.0
#include "provider/rest.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <cstdint>

namespace vmcred::provider {
namespace {

constexpr std::uintptr_t k_page_bytes = 4096;

// Of the first object, which is the program, all that is never written to: nothing is lost.
int drop_unwritten_pages(dl_phdr_info* object, std::size_t /*size*/, void* /*unused*/) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t begin = start / k_page_bytes * k_page_bytes;
    ::madvise(reinterpret_cast<void*>(begin),
              start + segment.p_memsz - begin,  // NOLINT(performance-no-int-to-ptr)
              MADV_DONTNEED);
  }
  return 1;
}

}  // namespace

void give_back_memory() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(drop_unwritten_pages, nullptr);
}

}  // namespace vmcred::provider
