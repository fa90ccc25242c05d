// SPDX-License-Identifier: Apache-2.0
// The heap of vmcred-generator, which PID 1 waits for. It makes a hundred thousand small objects, most of
// which live as long as itself, some twenty milliseconds. So they are laid out in a row, and only the last
// one can be taken back; in huge pages where the system has them, since to get small ones from the kernel
// would take longer than to fill them. Large blocks, and what finds no room any more, are malloc(3)'s. For
// one thread only.
#include <sys/mman.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t k_region_bytes = std::size_t{64} * 1024 * 1024;  // of addresses; memory follows by use
constexpr std::size_t k_huge_page_bytes = std::size_t{2} * 1024 * 1024;
constexpr std::size_t k_ordinary_bytes = std::size_t{128} * 1024;  // enough for a few VMs
constexpr std::size_t k_most_small_bytes = 1024;

struct Region {
  char* start = nullptr;
  char* next = nullptr;
  char* end = nullptr;
};

Region g_region;

// Begins with a few ordinary pages, just before the first huge one.
bool map_region() {
  void* mapped = ::mmap(nullptr, k_region_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return false;
  char* const first = static_cast<char*>(mapped);
  const std::size_t beyond = reinterpret_cast<std::uintptr_t>(first) % k_huge_page_bytes;
  char* const huge = first + 2 * k_huge_page_bytes - beyond;
  g_region = {
      .start = huge - k_ordinary_bytes, .next = huge - k_ordinary_bytes, .end = first + k_region_bytes};
  // Only advice: without huge pages it works, too.
  ::madvise(huge, static_cast<std::size_t>(g_region.end - huge), MADV_HUGEPAGE);
  return true;
}

bool is_in_region(const void* block) { return block >= g_region.start && block < g_region.end; }

std::size_t rounded(std::size_t bytes) {
  constexpr std::size_t k_alignment = alignof(std::max_align_t);
  return (std::max<std::size_t>(bytes, 1) + k_alignment - 1) / k_alignment * k_alignment;
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes <= k_most_small_bytes && (g_region.start != nullptr || map_region()) &&
      rounded(bytes) <= static_cast<std::size_t>(g_region.end - g_region.next)) {
    void* block = g_region.next;
    g_region.next += rounded(bytes);
    return block;
  }
  void* block = std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void operator delete(void* block) noexcept {
  if (!is_in_region(block)) std::free(block);
}

void operator delete(void* block, std::size_t bytes) noexcept {
  if (!is_in_region(block))
    std::free(block);
  else if (static_cast<char*>(block) + rounded(bytes) == g_region.next)
    g_region.next = static_cast<char*>(block);
}
