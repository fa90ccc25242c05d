// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/leftover_sockets.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file_names.h"
#include "base/text.h"

namespace vmcred::runner {

void remove_sockets(const std::string& runtime_directory) {
  for (const auto& name : base::file_names(runtime_directory)) {
    const std::string path = base::concat(runtime_directory, "/", name);
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  }
}

}  // namespace vmcred::runner
