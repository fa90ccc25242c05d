// SPDX-License-Identifier: Apache-2.0
#include "cli/output_path.h"

#include <sys/stat.h>
#include <filesystem>

namespace vmcred::cli {

std::string resolved(const std::string& path) {
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

mode_t usual_file_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

}  // namespace vmcred::cli
