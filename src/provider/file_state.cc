// SPDX-License-Identifier: Apache-2.0
#include "provider/file_state.h"

#include <sys/stat.h>

namespace vmcred::provider {

// The time of change, not that of the content: nobody can set it back.
FileState FileState::of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .changed_s = status.st_ctim.tv_sec,
          .changed_ns = status.st_ctim.tv_nsec};
}

std::vector<FileState> states_of(const std::vector<std::string>& paths) {
  std::vector<FileState> states;
  states.reserve(paths.size());
  for (const auto& path : paths) states.push_back(FileState::of(path));
  return states;
}

}  // namespace vmcred::provider
