// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/file_state.h"

namespace vmcred::cli {

FileState FileState::of(const std::string& path) {
  FileState state;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return state;
  state.m_exists = true;
  state.m_device = status.st_dev;
  state.m_inode = status.st_ino;
  state.m_size = status.st_size;
  state.m_written_seconds = status.st_mtim.tv_sec;
  state.m_written_nanoseconds = status.st_mtim.tv_nsec;
  return state;
}

}  // namespace vmcred::cli
