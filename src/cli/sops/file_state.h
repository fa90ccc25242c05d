// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>
#include <ctime>
#include <string>

namespace vmcred::cli {

// Which file has a name, and when it was written: to notice whoever writes or replaces it meanwhile.
class FileState {
 public:
  // Also of a name that no file has. Links are followed.
  static FileState of(const std::string& path);

  bool operator==(const FileState&) const = default;

 private:
  bool m_exists = false;
  dev_t m_device = 0;
  ino_t m_inode = 0;
  off_t m_size = 0;
  time_t m_written_seconds = 0;
  long m_written_nanoseconds = 0;
};

}  // namespace vmcred::cli
