// SPDX-License-Identifier: Apache-2.0
// Everything of ours that is secret is in a SecretBuffer. What a library keeps of it on the ordinary heap
// while it parses or converts (a JSON or YAML text, a key object) is overwritten when the library frees it: a
// program linked with vmcred_wiping_heap() in CMake calls these in place of free(3) and realloc(3), libraries
// included.
#include <malloc.h>
#include <strings.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker's names, see ld(1),
// --wrap.
extern "C" {

void __real_free(void* block);

void __wrap_free(void* block) {
  const int error = errno;  // which free(3) keeps
  if (block != nullptr) ::explicit_bzero(block, ::malloc_usable_size(block));
  __real_free(block);
  errno = error;
}

// Always moves: the old place is wiped, and a block that shrinks leaves no tail behind.
void* __wrap_realloc(void* block, std::size_t size) {
  if (block == nullptr) return std::malloc(size);
  if (size == 0) {
    __wrap_free(block);
    return nullptr;
  }
  void* moved = std::malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(size, ::malloc_usable_size(block)));
  __wrap_free(block);
  return moved;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
