// SPDX-License-Identifier: Apache-2.0
#include "provider/reasons.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::provider {

base::Result<void> Reasons::refused(const std::string& unit, std::string_view reason) {
  m_granted.erase(unit);
  if (m_directory.empty()) return {};
  return base::write_text_file_atomically(base::concat(m_directory, "/", unit),
                                          base::concat(base::escaped(reason), "\n"), 0644);
}

base::Result<void> Reasons::granted(const std::string& unit, const std::string& credential,
                                    const std::set<std::string>& all) {
  std::set<std::string>& got = m_granted[unit];
  got.insert(credential);
  if (!std::ranges::includes(got, all)) return {};
  m_granted.erase(unit);
  if (m_directory.empty()) return {};
  const std::string path = base::concat(m_directory, "/", unit);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::errno_error(path);
  return {};
}

}  // namespace vmcred::provider
