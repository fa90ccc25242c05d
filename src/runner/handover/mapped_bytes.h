// SPDX-License-Identifier: Apache-2.0
// A part of an open file as memory, for as long as this lives.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::runner {

class MappedBytes {
 public:
  enum class Access { read, write };

  // The `size` bytes (at least 1) from `offset` on, which must be there. Writing changes the file.
  static base::Result<MappedBytes> map(const base::UniqueFd& file, off_t offset, std::size_t size,
                                       Access access);

  MappedBytes(MappedBytes&& other) noexcept;
  MappedBytes& operator=(MappedBytes&&) = delete;
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;
  ~MappedBytes();

  std::span<const std::byte> bytes() const { return m_bytes; }
  std::span<std::byte> writable_bytes() { return m_bytes; }

 private:
  MappedBytes(void* pages, std::size_t mapped, std::span<std::byte> bytes)
      : m_pages(pages), m_mapped(mapped), m_bytes(bytes) {}

  void* m_pages;
  std::size_t m_mapped;
  std::span<std::byte> m_bytes;
};

}  // namespace vmcred::runner
