// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/leftover_sockets.h"

#include <unistd.h>
#include <filesystem>

namespace vmcred::runner {

void remove_sockets(const std::string& runtime_directory) {
  std::error_code failure;  // a directory that is gone holds no sockets
  for (std::filesystem::directory_iterator entry(runtime_directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code gone;
    if (entry->symlink_status(gone).type() == std::filesystem::file_type::socket)
      ::unlink(entry->path().c_str());
  }
}

}  // namespace vmcred::runner
