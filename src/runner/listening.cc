// SPDX-License-Identifier: Apache-2.0
#include "runner/listening.h"

#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {

bool is_listening(const std::string& path) {
  constexpr std::size_t k_max_table_bytes = std::size_t{16} * 1024 * 1024;
  constexpr std::string_view k_listening =
      " 00010000 ";  // the kernel's __SO_ACCEPTCON, in its column of flags
  if (!base::path_exists(path)) return false;
  const auto table = base::read_text_file("/proc/self/net/unix", k_max_table_bytes);
  if (!table) return true;
  const auto end = table->find(base::concat(" ", path, "\n"));
  if (end == std::string::npos) return false;
  const auto line = table->rfind('\n', end);
  return std::string_view(*table).substr(line, end - line).find(k_listening) != std::string_view::npos;
}

}  // namespace vmcred::runner
