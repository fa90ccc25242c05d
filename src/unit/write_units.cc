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
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;

class Writer {
 public:
  Writer(std::string directory, UniqueFd fd) : m_directory(std::move(directory)), m_fd(std::move(fd)) {}

  Result<void> write(const UnitFile& file) {
    VMCRED_TRY(make_parent(file.path));
    const UniqueFd target(
        ::openat(m_fd.get(), file.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!target.valid()) return failure(file.path);
    return base::write_all(target.get(), std::as_bytes(std::span(file.text)), file.path);
  }

  Result<void> write(const UnitLink& link) {
    VMCRED_TRY(make_parent(link.path));
    if (::symlinkat(link.target.c_str(), m_fd.get(), link.path.c_str()) == 0) return {};
    if (errno != EEXIST) return failure(link.path);
    if (::unlinkat(m_fd.get(), link.path.c_str(), 0) != 0 ||
        ::symlinkat(link.target.c_str(), m_fd.get(), link.path.c_str()) != 0)
      return failure(link.path);
    return {};
  }

 private:
  base::Error failure(std::string_view path) const {
    return base::errno_error(concat(m_directory, "/", path));
  }

  // Paths have one directory at most.
  Result<void> make_parent(const std::string& path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) return {};
    const std::string parent = path.substr(0, slash);
    if (parent == m_made) return {};
    if (::mkdirat(m_fd.get(), parent.c_str(), 0755) != 0 && errno != EEXIST) return failure(parent);
    m_made = parent;
    return {};
  }

  std::string m_directory;
  UniqueFd m_fd;
  std::string m_made;  // the last parent
};

}  // namespace

std::vector<base::Error> write_units(const UnitSet& set, const std::string& directory) {
  auto fd = base::open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!fd) return {std::move(fd).error()};
  Writer writer(directory, *std::move(fd));
  std::vector<base::Error> failures;
  const auto write_all = [&](const auto& entries) {
    for (const auto& entry : entries)
      if (auto written = writer.write(entry); !written) failures.push_back(std::move(written).error());
  };
  write_all(set.files);
  write_all(set.links);
  return failures;
}

}  // namespace vmcred::unit
