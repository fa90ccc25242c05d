// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/mapped_bytes.h"

#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace vmcred::runner {

base::Result<MappedBytes> MappedBytes::map(const base::UniqueFd& file, off_t offset, std::size_t size,
                                           Access access) {
  // Mappings begin at a page.
  const off_t before = offset % ::sysconf(_SC_PAGESIZE);
  const std::size_t mapped = size + static_cast<std::size_t>(before);
  const bool writes = access == Access::write;
  void* pages = ::mmap(nullptr, mapped, writes ? PROT_READ | PROT_WRITE : PROT_READ,
                       writes ? MAP_SHARED : MAP_PRIVATE, file.get(), offset - before);
  if (pages == MAP_FAILED) return base::errno_error("map a file");
  return MappedBytes(pages, mapped, {static_cast<std::byte*>(pages) + before, size});
}

MappedBytes::MappedBytes(MappedBytes&& other) noexcept
    : m_pages(std::exchange(other.m_pages, nullptr)), m_mapped(other.m_mapped), m_bytes(other.m_bytes) {}

MappedBytes::~MappedBytes() {
  if (m_pages != nullptr) ::munmap(m_pages, m_mapped);
}

}  // namespace vmcred::runner
