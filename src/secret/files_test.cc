// SPDX-License-Identifier: Apache-2.0
// Secrets that come from files and go into memory files.
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <atomic>
#include <thread>

#include "base/text.h"
#include "secret/random.h"
#include "secret/read.h"
#include "secret/sealed_file.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::secret {
namespace {

using base::concat;
using base::ErrorKind;
using test_support::bytes_of;

base::Result<SecretBuffer> read(const std::string& path, std::size_t max_bytes = 1024 * 1024) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(fd.valid()) << path;
  return read_secret_file(fd.get(), max_bytes, "the file");
}

TEST(ReadSecretFileTest, TakesEveryByteAndTrimsNothing) {
  const test_support::TemporaryDirectory tree;
  for (const std::string& value : {std::string(), std::string("\n"), test_support::all_bytes(),
                                   std::string("  -----BEGIN-----\r\n\n"), std::string(1'000'000, '\0')}) {
    const auto buffer = read(tree.write("file", value));
    ASSERT_TRUE(buffer) << buffer.error().what;
    EXPECT_TRUE(buffer->equals(bytes_of(value))) << value.size();
  }
}

TEST(ReadSecretFileTest, TakesUpToTheLimitAndNoMore) {
  const test_support::TemporaryDirectory tree;
  const std::string path = tree.write("file", std::string(1000, 'x'));
  EXPECT_TRUE(read(path, 1000));
  const auto refused = read(path, 999);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::credential);
  EXPECT_EQ(refused.error().what, "the file: has 1,000 bytes, the limit is 999 bytes");
}

TEST(ReadSecretFileTest, WhatIsNoRegularFileIsRefused) {
  const test_support::TemporaryDirectory tree;
  for (const std::string& path :
       {tree.make_fifo("fifo"), tree.make_directory("directory"), std::string("/dev/zero")}) {
    const auto refused = read(path);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().kind, ErrorKind::credential);
    EXPECT_EQ(refused.error().what, "the file: expected a regular file");
  }
}

// The kernel's own files have no size until they are read, as a file has that grows from nothing meanwhile.
TEST(ReadSecretFileTest, AFileThatIsLongerThanItSaidIsRefused) {
  const auto refused = read("/proc/self/status");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the file: changed while it was read");
}

// In whole pages, since the kernel lets a write that crosses a page be seen half done, for which no reader
// can help.
TEST(ReadSecretFileTest, AFileThatGrowsWhileItIsReadIsNeverTakenInPart) {
  constexpr std::size_t k_page_bytes = 4096;
  const test_support::TemporaryDirectory tree;
  const std::string path = tree.write("file", "");
  std::atomic<bool> over = false;
  std::thread writer([&] {
    const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const std::string block(k_page_bytes, 'x');
    while (!over) {
      if (::ftruncate(fd.get(), 0) != 0) return;
      for (int i = 0; i < 200 && !over; ++i)
        if (!base::write_all(fd.get(), bytes_of(block), path)) return;
    }
  });
  int refused = 0;
  for (int i = 0; i < 20'000 && refused < 20; ++i) {
    const auto buffer = read(path);
    if (!buffer) {
      EXPECT_EQ(buffer.error().what, "the file: changed while it was read");
      ++refused;
    } else if (buffer->size() % k_page_bytes != 0) {
      ADD_FAILURE() << "took " << buffer->size() << " bytes";
      break;
    }
  }
  over = true;
  writer.join();
  EXPECT_GT(refused, 0) << "it never grew meanwhile";
}

class SealedFileTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(m_file) << m_file.error().what; }
  int fd() const { return m_file->get(); }

  std::string m_value = test_support::all_bytes() + std::string(100'000, 'x');
  base::Result<base::UniqueFd> m_file = make_sealed_file("test", bytes_of(m_value));
};

TEST_F(SealedFileTest, HoldsTheBytesAndNeverOthers) {
  EXPECT_EQ(test_support::read_descriptor(fd()), m_value);
  EXPECT_EQ(::fcntl(fd(), F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  EXPECT_LT(::pwrite(fd(), "y", 1, 0), 0);
  EXPECT_LT(::pwrite(fd(), "y", 1, static_cast<off_t>(m_value.size())), 0);
  EXPECT_NE(::ftruncate(fd(), 0), 0);
  EXPECT_NE(::ftruncate(fd(), static_cast<off_t>(m_value.size()) + 1), 0);
  EXPECT_EQ(::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd(), 0), MAP_FAILED);
  const base::UniqueFd again(::open(concat("/proc/self/fd/", fd()).c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_LT(again.valid() ? ::pwrite(again.get(), "y", 1, 0) : -1, 0);
  EXPECT_EQ(test_support::read_descriptor(fd()), m_value);
}

TEST_F(SealedFileTest, ReadsFromItsStartEachTimeItIsOpened) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(test_support::read_file(concat("/dev/fd/", fd())), m_value);
}

TEST_F(SealedFileTest, ReachesTheNextProgram) {
  EXPECT_EQ(::fcntl(fd(), F_GETFD), 0);
  const auto outcome = test_support::in_child([&]() -> std::string {
    ::execl("/bin/cat", "cat", concat("/dev/fd/", fd()).c_str(), nullptr);
    return "exec failed";
  });
  EXPECT_TRUE(outcome.exited_with(0));
  EXPECT_EQ(outcome.text, m_value);
}

TEST_F(SealedFileTest, MayBeEmpty) {
  const auto file = make_sealed_file("test", {});
  ASSERT_TRUE(file);
  EXPECT_EQ(test_support::read_descriptor(file->get()), "");
}

TEST_F(SealedFileTest, HasNoPlaceInAnyFileSystem) {
  struct stat status{};
  ASSERT_EQ(::fstat(fd(), &status), 0);
  EXPECT_EQ(status.st_nlink, 0U);
}

TEST(FillRandomTest, FillsAllOfIt) {
  EXPECT_TRUE(fill_random({}));
  std::string first(4096, '\0');
  std::string second(4096, '\0');
  ASSERT_TRUE(fill_random(std::as_writable_bytes(std::span(first))));
  ASSERT_TRUE(fill_random(std::as_writable_bytes(std::span(second))));
  EXPECT_NE(first, second);
  // 64 zeros in a row come up once in 2^500 runs.
  EXPECT_EQ(first.find(std::string(64, '\0')), std::string::npos);
}

}  // namespace
}  // namespace vmcred::secret
