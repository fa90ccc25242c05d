// SPDX-License-Identifier: Apache-2.0
#include "runner/leftover_sockets.h"

#include <unistd.h>
#include <filesystem>

namespace vmcred::runner {

void remove_sockets(const std::string& runtime_directory) {
  std::error_code failure;  // a directory that is gone holds no sockets
  for (const auto& entry : std::filesystem::directory_iterator(runtime_directory, failure))
    if (entry.symlink_status(failure).type() == std::filesystem::file_type::socket)
      ::unlink(entry.path().c_str());
}

}  // namespace vmcred::runner
