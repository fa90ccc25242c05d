// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::base {
namespace {

using test_support::bytes_of;
using testing::ElementsAre;
using testing::EndsWith;

TEST(OpenFileTest, ClosesOnExecAndNamesThePathInErrors) {
  const auto fd = open_file("/dev/null", O_RDONLY);
  ASSERT_TRUE(fd);
  EXPECT_EQ(::fcntl(fd->get(), F_GETFD), FD_CLOEXEC);
  const auto missing = open_file("/nonexistent/x", O_RDONLY);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
  EXPECT_EQ(missing.error().what, "/nonexistent/x: no such file or directory");
}

TEST(OpenBeneathTest, FollowsNoLink) {
  const test_support::TemporaryDirectory tree;
  tree.write("file", "x");
  tree.make_link("link", "file");
  const auto directory = open_file(tree.path(), O_RDONLY | O_DIRECTORY);
  ASSERT_TRUE(directory);
  const auto file = open_beneath(directory->get(), "file", O_RDONLY);
  ASSERT_TRUE(file);
  EXPECT_EQ(::fcntl(file->get(), F_GETFD), FD_CLOEXEC);
  const auto link = open_beneath(directory->get(), "link", O_RDONLY);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().what, "link: too many levels of symbolic links");
}

TEST(ReadTextFileTest, TakesUpToTheLimitAndNoMore) {
  const test_support::TemporaryDirectory tree;
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 16'385U, 100'000U}) {
    const std::string text(size, 'x');
    const std::string path = tree.write("file", text);
    EXPECT_EQ(*read_text_file(path, size), text) << size;
    EXPECT_EQ(*read_text_file(path, size + 1), text) << size;
    if (size == 0) continue;
    const auto refused = read_text_file(path, size - 1);
    ASSERT_FALSE(refused) << size;
    EXPECT_EQ(refused.error().what, concat(path, ": larger than ", byte_count(size - 1)));
  }
}

TEST(ReadTextFileTest, ReadsWhatHasNoSize) {
  EXPECT_THAT(*read_text_file("/proc/self/status", 1024 * 1024), testing::StartsWith("Name:\t"));
  const auto endless = read_text_file("/dev/zero", 1'000'000);
  ASSERT_FALSE(endless);
  EXPECT_THAT(endless.error().what, EndsWith("larger than 1,000,000 bytes"));
}

TEST(ReadTextFileTest, ADirectoryIsAnError) {
  const auto text = read_text_file("/", 10);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().what, "/: is a directory");
}

// A pipe takes and gives 64 KiB at a time.
TEST(ReadAndWriteTest, ShortReadsAndWritesAreGoneOnWith) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const std::string sent(1'000'000, 'x');
  bool written = false;
  std::thread writer([&] {
    written = write_all(write_end.get(), bytes_of(sent), "pipe").has_value();
    write_end = UniqueFd();
  });
  std::string received(sent.size() + 1, '\0');
  const auto size = read_up_to(read_end.get(), std::as_writable_bytes(std::span(received)), "pipe");
  writer.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(*size, sent.size());
  EXPECT_EQ(received.substr(0, sent.size()), sent);
}

TEST(ReadAndWriteTest, ErrorsNameTheSubject) {
  char byte = 0;
  EXPECT_EQ(read_up_to(-1, std::as_writable_bytes(std::span(&byte, 1)), "x").error().what,
            "x: bad file descriptor");
  EXPECT_EQ(write_all(-1, bytes_of("y"), "x").error().what, "x: bad file descriptor");
  const auto full = open_file("/dev/full", O_WRONLY);
  ASSERT_TRUE(full);
  EXPECT_EQ(write_all(full->get(), bytes_of("y"), "/dev/full").error().what,
            "/dev/full: no space left on device");
}

TEST(WriteAtomicallyTest, ReplacesTheFileWithTheModeWhateverTheUmask) {
  const test_support::TemporaryDirectory tree;
  const std::string path = tree.path("file");
  for (const mode_t mask : {0U, 077U})
    for (const mode_t mode : {0644U, 0600U, 0444U}) {
      const mode_t before = ::umask(mask);
      const auto written = write_text_file_atomically(path, concat("mode ", mode), mode);
      ::umask(before);
      ASSERT_TRUE(written) << written.error().what;
      EXPECT_EQ(test_support::read_file(path), concat("mode ", mode));
      EXPECT_EQ(test_support::mode_of(path), mode);
    }
  EXPECT_THAT(tree.names(), ElementsAre("file"));
}

TEST(WriteAtomicallyTest, ReplacesALinkAndNotWhatItPointsTo) {
  const test_support::TemporaryDirectory tree;
  tree.write("other", "other");
  tree.make_link("link", "other");
  ASSERT_TRUE(write_text_file_atomically(tree.path("link"), "new", 0600));
  EXPECT_EQ(test_support::read_file(tree.path("other")), "other");
  EXPECT_TRUE(S_ISREG(test_support::status_of(tree.path("link")).st_mode));
}

TEST(WriteAtomicallyTest, AFailureLeavesTheOldFileAndNoTemporaryOne) {
  const test_support::TemporaryDirectory tree;
  tree.make_directory("target");
  const auto onto_directory = write_text_file_atomically(tree.path("target"), "new", 0600);
  ASSERT_FALSE(onto_directory);
  EXPECT_THAT(onto_directory.error().what, testing::StartsWith(tree.path("target") + ": "));
  EXPECT_THAT(tree.names(), ElementsAre("target"));
  const auto nowhere = write_text_file_atomically(tree.path("missing/file"), "new", 0600);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().what, tree.path("missing") + ": no such file or directory");
}

TEST(WriteAtomicallyTest, AFullDiskLeavesTheOldFileAndNoTemporaryOne) {
  VMCRED_NEEDS_ROOT();
  const auto outcome = test_support::in_child([]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      return "no mounts";
    const test_support::TemporaryDirectory tree;
    if (::mount("tmpfs", tree.path().c_str(), "tmpfs", 0, "size=64k") != 0) return "no mounts";
    tree.write("file", "old");
    const auto written = write_text_file_atomically(tree.path("file"), std::string(200'000, 'x'), 0600);
    std::string text = (written ? "written"
                        : errno_text(ENOSPC) == written.error().what.substr(tree.path("file: ").size())
                            ? "full"
                            : written.error().what);
    text += ", " + test_support::read_file(tree.path("file"));
    for (const auto& name : tree.names()) text += ", " + name;
    ::umount2(tree.path().c_str(), MNT_DETACH);
    return text;
  });
  if (outcome.text == "no mounts") GTEST_SKIP() << "no mounts of its own";
  EXPECT_EQ(outcome.text, "full, old, file");
}

// Kills a writer at another moment each time.
TEST(WriteAtomicallyTest, AKilledWriterLeavesTheOldFileOrTheNewOne) {
  const test_support::TemporaryDirectory tree;
  const std::string path = tree.path("file");
  const std::string contents[] = {std::string(50'000, 'a'), std::string(80'000, 'b')};
  ASSERT_TRUE(write_text_file_atomically(path, contents[0], 0600));
  int seen[2] = {};
  for (int round = 0; round < 150; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0)
      for (int i = 1;; ++i) static_cast<void>(write_text_file_atomically(path, contents[i % 2], 0600));
    std::this_thread::sleep_for(std::chrono::microseconds(500 + round * 37 % 4000));
    ::kill(writer, SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(test_support::wait_for(writer)));
    const std::string found = test_support::read_file(path);
    ASSERT_TRUE(found == contents[0] || found == contents[1])
        << "round " << round << ", " << found.size() << " bytes";
    ++seen[found == contents[1] ? 1 : 0];
  }
  EXPECT_GT(seen[0], 0);
  EXPECT_GT(seen[1], 0);
}

TEST(PathExistsTest, OnlyAbsenceIsAbsence) {
  const test_support::TemporaryDirectory tree;
  const std::string file = tree.write("file", "");
  EXPECT_TRUE(path_exists(file));
  EXPECT_TRUE(path_exists(tree.path()));
  EXPECT_FALSE(path_exists(tree.path("missing")));
  EXPECT_FALSE(path_exists(file + "/below"));
  EXPECT_TRUE(path_exists(tree.path(std::string(300, 'x'))));
}

}  // namespace
}  // namespace vmcred::base
