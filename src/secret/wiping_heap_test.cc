// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace vmcred::secret {
namespace {

// CMake's vmcred_wiping_heap() sets it where a sanitizer brings an allocator of its own.
#if defined(VMCRED_SANITIZED)
#define VMCRED_NEEDS_WIPING_HEAP() GTEST_SKIP() << "built with a sanitizer's own heap"
#else
#define VMCRED_NEEDS_WIPING_HEAP() static_cast<void>(0)
#endif

constexpr std::size_t k_size = 300;

// Is any of the block's former content left? The allocator keeps links of its own in the first words.
bool holds_remains(const volatile char* block, std::size_t size) {
  return std::any_of(block + 64, block + size, [](char c) { return c == 's'; });
}

char* filled_block() {
  char* block = static_cast<char*>(std::malloc(k_size));
  std::memset(block, 's', k_size);
  return block;
}

// Reads freed memory on purpose: the address is hidden from the compiler.
const volatile char* hidden(char* block) {
  const volatile char* address = block;
  asm volatile("" : "+r"(address));
  return address;
}

TEST(WipingHeapTest, FreedMemoryIsOverwritten) {
  VMCRED_NEEDS_WIPING_HEAP();
  char* block = filled_block();
  const volatile char* remains = hidden(block);
  ASSERT_TRUE(holds_remains(remains, k_size));
  std::free(block);
  EXPECT_FALSE(holds_remains(remains, k_size));
}

TEST(WipingHeapTest, AMovedBlockKeepsItsContentAndLeavesNoneBehind) {
  VMCRED_NEEDS_WIPING_HEAP();
  char* block = filled_block();
  const volatile char* remains = hidden(block);
  char* moved = static_cast<char*>(std::realloc(block, 10 * k_size));
  EXPECT_EQ(std::string_view(moved, 3), "sss");
  EXPECT_EQ(moved[k_size - 1], 's');
  EXPECT_FALSE(holds_remains(remains, k_size));
  std::free(moved);
}

TEST(WipingHeapTest, ABlockThatShrinksLeavesNoTail) {
  VMCRED_NEEDS_WIPING_HEAP();
  char* block = filled_block();
  const volatile char* remains = hidden(block);
  char* shrunk = static_cast<char*>(std::realloc(block, 8));
  EXPECT_EQ(std::string_view(shrunk, 8), "ssssssss");
  EXPECT_FALSE(holds_remains(remains, k_size));
  std::free(shrunk);
}

}  // namespace
}  // namespace vmcred::secret
