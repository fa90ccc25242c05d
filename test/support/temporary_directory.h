// SPDX-License-Identifier: Apache-2.0
// For tests: a directory that goes when the test ends, and what tests do with files in it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "support/bytes.h"

namespace vmcred::test_support {

// The content of a file, whatever its size up to 64 MiB.
inline std::string read_file(const std::string& path) {
  const auto text = base::read_text_file(path, 64UL * 1024 * 1024);
  EXPECT_TRUE(text) << text.error().what;
  return text.value_or("");
}

// All that is left in an open file from its start.
inline std::string read_descriptor(int fd) {
  std::string text;
  char buffer[4096];
  for (off_t offset = 0;;) {
    const ssize_t n = ::pread(fd, buffer, sizeof buffer, offset);
    EXPECT_GE(n, 0);
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    offset += n;
  }
}

inline struct stat status_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

inline mode_t mode_of(const std::string& path) { return status_of(path).st_mode & 07777U; }

class TemporaryDirectory {
 public:
  // Below $TMPDIR or /tmp, mode 0755, so that a test can go on as another user.
  TemporaryDirectory() : TemporaryDirectory(default_parent()) {}
  explicit TemporaryDirectory(const std::string& parent) : m_path(parent + "/vmcred-test-XXXXXX") {
    EXPECT_NE(::mkdtemp(m_path.data()), nullptr) << m_path;
    EXPECT_EQ(::chmod(m_path.c_str(), 0755), 0);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }

  const std::string& path() const { return m_path; }
  std::string path(std::string_view name) const { return m_path + "/" + std::string(name); }

  // Each returns the full path. The mode is set whatever the umask says.
  std::string write(std::string_view name, std::string_view content, mode_t mode = 0600) const {
    const std::string file = path(name);
    const auto fd = base::open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    EXPECT_TRUE(fd && base::write_all(fd->get(), bytes_of(content), file)) << file;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0) << file;
    return file;
  }
  std::string make_directory(std::string_view name, mode_t mode = 0755) const {
    const std::string directory = path(name);
    EXPECT_EQ(::mkdir(directory.c_str(), 0700), 0) << directory;
    EXPECT_EQ(::chmod(directory.c_str(), mode), 0) << directory;
    return directory;
  }
  std::string make_link(std::string_view name, const std::string& target) const {
    const std::string link = path(name);
    EXPECT_EQ(::symlink(target.c_str(), link.c_str()), 0) << link;
    return link;
  }
  std::string make_fifo(std::string_view name) const {
    const std::string fifo = path(name);
    EXPECT_EQ(::mkfifo(fifo.c_str(), 0600), 0) << fifo;
    return fifo;
  }

  // Sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(m_path))
      found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }

 private:
  static std::string default_parent() {
    const char* variable = std::getenv("TMPDIR");
    return variable == nullptr ? "/tmp" : variable;
  }

  std::string m_path;
};

// Gives a file, directory or link itself to another user. Only as root.
inline void give_to(const std::string& path, uid_t owner) {
  EXPECT_EQ(::lchown(path.c_str(), owner, owner), 0) << path;
}

}  // namespace vmcred::test_support
