// SPDX-License-Identifier: Apache-2.0
#include "secret/locked_memory.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "secret/buffer.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::secret {
namespace {

using test_support::in_child;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

// The flags of the mapping that holds `address`, from /proc/self/smaps.
std::vector<std::string> mapping_flags(const std::byte* address) {
  std::istringstream lines(test_support::read_file("/proc/self/smaps"));
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> start >> dash >> end && dash == '-')
      inside = start <= reinterpret_cast<std::uintptr_t>(address) &&
               reinterpret_cast<std::uintptr_t>(address) < end;
    if (!inside || !line.starts_with("VmFlags:")) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

std::size_t locked_kib() {
  const std::string status = test_support::read_file("/proc/self/status");
  return std::stoul(status.substr(status.find("VmLck:") + 6));
}

TEST(LockedMemoryTest, IsLockedLeftOutOfDumpsAndEmptyAfterAFork) {
  VMCRED_NEEDS_REAL_MLOCK();
  for (const std::size_t size : {1UL, 100'000UL}) {
    const auto block = allocate_locked(size);
    ASSERT_TRUE(block) << block.error().what;
    EXPECT_THAT(mapping_flags(*block), AllOf(Contains("lo"), Contains("dd"), Contains("wf"))) << size;
    EXPECT_THAT(mapping_flags(*block + size - 1), Contains("lo")) << size;
    free_locked(*block, size);
  }
}

TEST(LockedMemoryTest, TheKernelCountsItAsLockedAndForgetsItWhenALargeBlockGoes) {
  VMCRED_NEEDS_REAL_MLOCK();
  const std::size_t before = locked_kib();
  const auto block = allocate_locked(1024 * 1024);
  ASSERT_TRUE(block) << block.error().what;
  EXPECT_EQ(locked_kib(), before + 1024);
  free_locked(*block, 1024 * 1024);
  EXPECT_EQ(locked_kib(), before);
}

TEST(LockedMemoryTest, AForkedChildSeesZeros) {
  const auto buffer = SecretBuffer::copy_of(test_support::bytes_of("canary"));
  ASSERT_TRUE(buffer);
  const auto outcome = in_child([&] { return test_support::text_of(buffer->bytes()); });
  EXPECT_EQ(outcome.text, std::string(6, '\0'));
  EXPECT_TRUE(buffer->equals(test_support::bytes_of("canary")));
}

TEST(LockedMemoryTest, AForkedChildsOwnSecretsAreLocked) {
  VMCRED_NEEDS_REAL_MLOCK();
  const auto parents = SecretBuffer::copy_of(test_support::bytes_of("canary"));
  ASSERT_TRUE(parents);
  const auto outcome = in_child([]() -> std::string {
    const auto block = allocate_locked(16);
    if (!block) return block.error().what;
    std::string text;
    for (const auto& flag : mapping_flags(*block)) text += flag + " ";
    return text + (locked_kib() > 0 ? "locked" : "not locked");
  });
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("lo "), HasSubstr("dd "), HasSubstr("wf "), HasSubstr(" locked")));
}

TEST(LockedMemoryTest, AForkedChildMayEndItsParentsBuffers) {
  auto parents = SecretBuffer::copy_of(test_support::bytes_of("canary"));
  ASSERT_TRUE(parents);
  const auto outcome = in_child([&]() -> std::string {
    auto own = SecretBuffer::copy_of(test_support::bytes_of("own"));
    *parents = SecretBuffer();
    return test_support::text_of(own->bytes());
  });
  EXPECT_EQ(outcome.text, "own");
  EXPECT_TRUE(parents->equals(test_support::bytes_of("canary")));
}

TEST(LockedMemoryTest, ManySmallBlocksShareFewPages) {
  VMCRED_NEEDS_REAL_MLOCK();
  const std::size_t before = locked_kib();
  std::vector<SecretBuffer> buffers;
  for (int i = 0; i < 500; ++i) buffers.push_back(*SecretBuffer::zeroed(44));
  EXPECT_LE(locked_kib() - before, 64U);  // 500 * 48 bytes, in chunks of 32 KiB
}

// A user's usual limit is 64 KiB or 8 MiB; none at all is the hardest case.
TEST(LockedMemoryTest, WhereNothingMayBeLockedNoSecretIsTaken) {
  VMCRED_NEEDS_REAL_MLOCK();
  for (const rlim_t limit : {0U, 65'536U}) {
    const auto outcome = in_child([&]() -> std::string {
      const rlimit none{.rlim_cur = limit, .rlim_max = limit};
      if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0) return "setrlimit";
      if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
      const auto buffer = SecretBuffer::zeroed(1024 * 1024);
      if (buffer) return "locked";
      const auto& error = buffer.error();
      return (error.kind == base::ErrorKind::refused ? "refused: " : "") + error.what + " | " + error.hint;
    });
    EXPECT_THAT(outcome.text, HasSubstr("refused: can't lock 1,048,576 bytes of memory for secrets: "));
    EXPECT_THAT(outcome.text,
                HasSubstr(limit == 0 ? "(RLIMIT_MEMLOCK: 0 bytes)" : "(RLIMIT_MEMLOCK: 65,536 bytes)"));
    EXPECT_THAT(outcome.text, HasSubstr("'ulimit -l unlimited' in the shell, or LimitMEMLOCK= in the unit"));
  }
}

TEST(LockedMemoryTest, ASmallLimitIsEnoughForSmallSecrets) {
  const auto outcome = in_child([]() -> std::string {
    const rlimit small{.rlim_cur = 65'536, .rlim_max = 65'536};
    if (::setrlimit(RLIMIT_MEMLOCK, &small) != 0) return "setrlimit";
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    std::vector<SecretBuffer> buffers;
    for (int i = 0; i < 500; ++i) {
      auto buffer = SecretBuffer::zeroed(88);
      if (!buffer) return buffer.error().what;
      buffers.push_back(*std::move(buffer));
    }
    return "all locked";
  });
  EXPECT_EQ(outcome.text, "all locked");
}

struct Block {
  std::byte* start;
  std::size_t size;
  std::byte mark;
};

bool holds_only(const Block& block, std::byte mark) {
  return std::all_of(block.start, block.start + block.size, [&](std::byte byte) { return byte == mark; });
}

// Takes and gives back in random order; each block keeps its own mark and begins zeroed.
TEST(LockedMemoryTest, BlocksNeverOverlapAndAlwaysStartZeroed) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<Block> blocks;
    for (int step = 0; step < 600; ++step) {
      if (!blocks.empty() && random() % 5 < 2) {
        const std::size_t chosen = random() % blocks.size();
        ASSERT_TRUE(holds_only(blocks[chosen], blocks[chosen].mark)) << "step " << step;
        free_locked(blocks[chosen].start, blocks[chosen].size);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(chosen));
        continue;
      }
      const std::size_t size = 1 + random() % (random() % 20 == 0 ? 50'000 : 300);
      const auto start = allocate_locked(size);
      ASSERT_TRUE(start) << start.error().what;
      const Block block{.start = *start, .size = size, .mark = static_cast<std::byte>(1 + random() % 255)};
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block.start) % 16, 0U);
      ASSERT_TRUE(holds_only(block, std::byte{0})) << "step " << step;
      std::memset(block.start, std::to_integer<int>(block.mark), block.size);
      blocks.push_back(block);
    }
    for (const auto& block : blocks) {
      EXPECT_TRUE(holds_only(block, block.mark));
      free_locked(block.start, block.size);
    }
  }
}

TEST(LockedMemoryTest, ThreadsMayTakeAndGiveAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> failures(4);
  for (std::size_t t = 0; t < failures.size(); ++t)
    threads.emplace_back([&failures, t] {
      for (int i = 0; i < 2000; ++i) {
        auto buffer = SecretBuffer::zeroed(1 + static_cast<std::size_t>(i) % 500);
        if (!buffer) {
          ++failures[t];
          continue;
        }
        const auto mark = static_cast<std::byte>(t + 1);
        std::ranges::fill(buffer->writable_bytes(), mark);
        if (std::ranges::any_of(buffer->bytes(), [&](std::byte byte) { return byte != mark; })) ++failures[t];
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(failures, testing::Each(0));
}

}  // namespace
}  // namespace vmcred::secret
