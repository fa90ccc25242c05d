// SPDX-License-Identifier: Apache-2.0
#include "secret/locked_memory.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/text.h"

namespace vmcred::secret {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::size_t k_chunk_bytes = 32 * 1024;  // half of the 64 KiB that old kernels allow to lock
constexpr std::size_t k_page_bytes = 4096;
constexpr std::size_t k_alignment = 16;

constexpr std::size_t round_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

// One mapping, filled from front to back; its space is used again when its last block is given back.
struct Chunk {
  std::byte* start;
  std::size_t size;
  std::size_t used = 0;
  std::size_t live_blocks = 0;

  bool holds(const std::byte* block) const { return block >= start && block < start + size; }
};

struct Pool {
  std::mutex mutex;
  std::vector<Chunk> chunks;
};

void forget_parents_chunks();

Pool& make_pool() {
  Pool& pool = *new Pool;
  ::pthread_atfork(nullptr, nullptr, forget_parents_chunks);
  return pool;
}

// Process-wide, as the limit it lives under is. Never destroyed: buffers may outlive every other static.
Pool& pool() {
  static Pool& instance = make_pool();
  return instance;
}

// A fork copies the chunks, but not their locks: the child starts with none.
void forget_parents_chunks() { pool().chunks.clear(); }

std::string locked_memory_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "no limit";
  return base::byte_count(limit.rlim_cur);
}

Result<Chunk> map_chunk(std::size_t size) {
  void* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return base::errno_error("map memory for secrets");
  const bool locked = ::mlock(start, size) == 0;
  const int lock_errno = errno;
  if (!locked || ::madvise(start, size, MADV_DONTDUMP) != 0 || ::madvise(start, size, MADV_WIPEONFORK) != 0) {
    const int reason = locked ? errno : lock_errno;
    ::munmap(start, size);
    return Error{.kind = ErrorKind::refused,
                 .what = base::concat("can't lock ", base::byte_count(size),
                                      " of memory for secrets: ", base::errno_text(reason),
                                      " (RLIMIT_MEMLOCK: ", locked_memory_limit(), ")"),
                 .hint = "raise the limit: 'ulimit -l unlimited' in the shell, or LimitMEMLOCK= in the unit"};
  }
  ::madvise(start, size, MADV_UNMERGEABLE);  // fails on kernels without KSM, which have nothing to merge
  return Chunk{.start = static_cast<std::byte*>(start), .size = size};
}

std::byte* take(Chunk& chunk, std::size_t size) {
  std::byte* block = chunk.start + chunk.used;
  chunk.used += size;
  ++chunk.live_blocks;
  return block;
}

}  // namespace

Result<std::byte*> allocate_locked(std::size_t size) {
  const std::size_t rounded = round_up(std::max<std::size_t>(size, 1), k_alignment);
  Pool& shared = pool();
  const std::scoped_lock lock(shared.mutex);
  for (auto& chunk : shared.chunks)
    if (chunk.size - chunk.used >= rounded) return take(chunk, rounded);
  VMCRED_TRY_ASSIGN(Chunk chunk, map_chunk(std::max(k_chunk_bytes, round_up(rounded, k_page_bytes))));
  shared.chunks.push_back(chunk);
  return take(shared.chunks.back(), rounded);
}

void free_locked(std::byte* block, std::size_t size) {
  if (block == nullptr) return;
  ::explicit_bzero(block, size);
  Pool& shared = pool();
  const std::scoped_lock lock(shared.mutex);
  const auto chunk = std::find_if(shared.chunks.begin(), shared.chunks.end(),
                                  [&](const Chunk& candidate) { return candidate.holds(block); });
  if (chunk == shared.chunks.end() || --chunk->live_blocks > 0) return;
  chunk->used = 0;
  if (chunk->size > k_chunk_bytes) {
    ::munmap(chunk->start, chunk->size);
    shared.chunks.erase(chunk);
  }
}

}  // namespace vmcred::secret
