// SPDX-License-Identifier: Apache-2.0
#include "base/file_names.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstddef>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace vmcred::base {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FileNamesTest, AllNamesComeSortedAndAgain) {
  const test_support::TemporaryDirectory directory;
  for (const char* name : {"b", "a", ".c"}) directory.write(name, "x");
  const auto opened = open_file(directory.path(), O_RDONLY | O_DIRECTORY);
  ASSERT_TRUE(opened);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(*file_names(opened->get(), "it"), ElementsAre(".c", "a", "b"));
  EXPECT_THAT(file_names(directory.path()), ElementsAre(".c", "a", "b"));
}

TEST(FileNamesTest, WhatIsNoDirectoryIsAnErrorOrHasNone) {
  EXPECT_EQ(file_names(-1, "it").error().what, "it: bad file descriptor");
  EXPECT_THAT(file_names("/no/such/directory"), IsEmpty());
}

// For this process, from now on, a directory is as broken as on a disk that fails.
bool break_reading_of_directories() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getdents64, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = std::size(filter), .filter = filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

[[noreturn]] void print_names_of_broken(const std::string& path) {
  const auto opened = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!opened || !break_reading_of_directories()) ::_exit(1);
  const auto names = file_names(opened->get(), "the set");
  const std::string text = names ? "names" : names.error().what;
  static_cast<void>(write_all(STDERR_FILENO, std::as_bytes(std::span(text)), ""));
  ::_exit(0);
}

// A set of credentials that is not whole must not look as if it were.
TEST(FileNamesTest, AReadThatFailsIsNoEndOfTheDirectory) {
  const test_support::TemporaryDirectory directory;
  directory.write("a", "x");
  EXPECT_EXIT(print_names_of_broken(directory.path()), testing::ExitedWithCode(0),
              "^the set: input/output error$");
}

}  // namespace
}  // namespace vmcred::base
