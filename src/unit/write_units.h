// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "unit/unit_file.h"

namespace vmcred::unit {

// Writes files and links below `directory`, which exists; what is there already is replaced. A failure is
// kept for failures(), and does not stop what comes after it.
class UnitWriter {
 public:
  explicit UnitWriter(std::string directory);

  void write(const UnitFile& file);
  void write(const UnitLink& link);

  // In the order of the calls; without the directory just that.
  const std::vector<base::Error>& failures() const { return m_failures; }

 private:
  template <typename Entry>
  void keep_failure(const Entry& entry);
  base::Result<void> try_write(const UnitFile& file);
  base::Result<void> try_write(const UnitLink& link);
  base::Result<void> make_parent(const std::string& path);
  base::Error failure(std::string_view path) const;

  std::string m_directory;
  base::UniqueFd m_fd;
  std::string m_made;  // the last parent
  std::vector<base::Error> m_failures;
};

}  // namespace vmcred::unit
