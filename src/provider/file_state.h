// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vmcred::provider {

// Which file is at a path, and of when. Two that are equal have the same content, as far as the file system's
// clock can tell; a file that can't be looked at equals only another such.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = -1;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;

  static FileState of(const std::string& path);
  bool operator==(const FileState&) const = default;
};

std::vector<FileState> states_of(const std::vector<std::string>& paths);

}  // namespace vmcred::provider
