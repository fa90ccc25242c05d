// SPDX-License-Identifier: Apache-2.0
#include "unit/write_units.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <span>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::unit {

using base::Result;
using base::UniqueFd;

UnitWriter::UnitWriter(std::string directory) : m_directory(std::move(directory)) {
  auto fd = base::open_file(m_directory, O_RDONLY | O_DIRECTORY);
  if (fd)
    m_fd = *std::move(fd);
  else
    m_failures.push_back(std::move(fd).error());
}

void UnitWriter::write(const UnitFile& file) { keep_failure(file); }

void UnitWriter::write(const UnitLink& link) { keep_failure(link); }

template <typename Entry>
void UnitWriter::keep_failure(const Entry& entry) {
  if (!m_fd.valid()) return;
  if (auto written = try_write(entry); !written) m_failures.push_back(std::move(written).error());
}

Result<void> UnitWriter::try_write(const UnitFile& file) {
  VMCRED_TRY(make_parent(file.path));
  const UniqueFd target(
      ::openat(m_fd.get(), file.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!target.valid()) return failure(file.path);
  return base::write_all(target.get(), std::as_bytes(std::span(file.text)), file.path);
}

Result<void> UnitWriter::try_write(const UnitLink& link) {
  VMCRED_TRY(make_parent(link.path));
  if (::symlinkat(link.target.c_str(), m_fd.get(), link.path.c_str()) == 0) return {};
  if (errno != EEXIST) return failure(link.path);
  if (::unlinkat(m_fd.get(), link.path.c_str(), 0) != 0 ||
      ::symlinkat(link.target.c_str(), m_fd.get(), link.path.c_str()) != 0)
    return failure(link.path);
  return {};
}

// Paths have one directory at most.
Result<void> UnitWriter::make_parent(const std::string& path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos) return {};
  const std::string parent = path.substr(0, slash);
  if (parent == m_made) return {};
  if (::mkdirat(m_fd.get(), parent.c_str(), 0755) != 0 && errno != EEXIST) return failure(parent);
  m_made = parent;
  return {};
}

base::Error UnitWriter::failure(std::string_view path) const {
  return base::errno_error(base::concat(m_directory, "/", path));
}

}  // namespace vmcred::unit
