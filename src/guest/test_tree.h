// SPDX-License-Identifier: Apache-2.0
// For tests: a directory in memory, and a run of vmcred-guest whose output is kept.
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/file.h"
#include "guest/commands.h"

namespace vmcred::guest {

// Removed with everything in it when the test ends.
class TestTree {
 public:
  TestTree() { EXPECT_NE(::mkdtemp(m_root.data()), nullptr); }
  TestTree(const TestTree&) = delete;
  TestTree& operator=(const TestTree&) = delete;
  TestTree(TestTree&&) = delete;
  TestTree& operator=(TestTree&&) = delete;
  ~TestTree() {
    ::nftw(
        m_root.c_str(), [](const char* path, const struct stat*, int, FTW*) { return ::remove(path); }, 16,
        FTW_DEPTH | FTW_PHYS);
  }

  std::string path(const std::string& relative = "") const {
    return relative.empty() ? m_root : m_root + "/" + relative;
  }

  // With all directories above it.
  void write(const std::string& relative, const std::string& content) const {
    const std::string file = path(relative);
    for (auto slash = file.find('/', m_root.size()); slash != std::string::npos;
         slash = file.find('/', slash + 1))
      ::mkdir(file.substr(0, slash).c_str(), 0755);
    const auto fd = base::open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT_TRUE(fd) << fd.error().what;
    ASSERT_TRUE(base::write_all(fd->get(), std::as_bytes(std::span(content)), file));
  }

  std::string read(const std::string& relative) const {
    const auto text = base::read_text_file(path(relative), k_most_bytes);
    EXPECT_TRUE(text) << text.error().what;
    return text.value_or("");
  }

 private:
  static constexpr std::size_t k_most_bytes = 4UL * 1024 * 1024;

  std::string m_root = "/dev/shm/vmcred-guest-test-XXXXXX";
};

struct Outcome {
  int exit_code;
  std::string out;
  std::string error;
};

inline std::string content_of(int fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(fd, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

inline Outcome run_guest(const std::vector<std::string>& words) {
  const base::UniqueFd out(::memfd_create("out", MFD_CLOEXEC));
  const base::UniqueFd error(::memfd_create("error", MFD_CLOEXEC));
  const std::vector<std::string_view> views(words.begin(), words.end());
  const int exit_code = command::run(program(), views, {.out = out.get(), .error = error.get()});
  return {.exit_code = exit_code, .out = content_of(out.get()), .error = content_of(error.get())};
}

}  // namespace vmcred::guest
