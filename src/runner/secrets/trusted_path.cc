// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/trusted_path.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <deque>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr int k_max_links = 40;  // as the kernel's own MAXSYMLINKS

std::string_view way_out(int error_number) {
  switch (error_number) {
    case ENOENT:
      return "put the secret there as root:root 0400, then start the VM again";
    case EACCES:
      return "run as root, or under systemd with LoadCredential=: the source file needs no other mode";
    default:
      return "";
  }
}

Error open_error(const std::string& path, int error_number) {
  return Error{.kind = ErrorKind::credential, .what = concat(path, ": ", base::errno_text(error_number))}
      .with_hint(way_out(error_number));
}

std::string_view type_name(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory";
  if (S_ISFIFO(mode)) return "is a FIFO";
  if (S_ISSOCK(mode)) return "is a socket";
  return "is a device";
}

// The way to a file: what is left of it, and the place that it has come to.
class Walk {
 public:
  using Place = TrustedFiles::Place;

  // `path` is for what there is to say.
  explicit Walk(const std::string& path) : m_path(path) {}

  Result<Place> go_from_root(std::string_view way) {
    VMCRED_TRY(restart_at_root());
    VMCRED_TRY(go(way));
    return m_place;
  }

  Result<UniqueFd> open_from(const Place& start, std::string_view way) {
    m_place = start;
    VMCRED_TRY(go(way));
    return open_end();
  }

 private:
  void prepend(std::string_view path) {
    std::deque<std::string> components;
    while (!path.empty()) {
      const auto component = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(path.size(), component.size() + 1));
      if (!component.empty() && component != ".") components.emplace_back(component);
    }
    m_rest.insert(m_rest.begin(), components.begin(), components.end());
  }

  Result<void> go(std::string_view way) {
    prepend(way);
    while (!m_rest.empty()) {
      const std::string name = std::move(m_rest.front());
      m_rest.pop_front();
      VMCRED_TRY(step(name));
    }
    return {};
  }

  Result<void> restart_at_root() {
    UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return open_error(m_path, errno);
    m_place.here = std::make_shared<const UniqueFd>(std::move(root));
    m_place.mode = S_IFDIR;
    return {};
  }

  Result<void> step(const std::string& name) {
    UniqueFd next(::openat(m_place.here->get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return open_error(m_path, errno);
    struct stat status{};
    if (::fstat(next.get(), &status) != 0) return open_error(m_path, errno);
    VMCRED_TRY(check_owner(status.st_uid));
    if (S_ISLNK(status.st_mode)) return follow(next.get());
    m_place.here = std::make_shared<const UniqueFd>(std::move(next));
    m_place.mode = status.st_mode;
    return {};
  }

  Result<void> check_owner(uid_t owner) {
    if (m_place.owner != 0 && owner != m_place.owner)
      return Error{
          .kind = ErrorKind::refused,
          .what = concat(m_path, ": leads from something of user ", m_place.owner, " to something of user ",
                         owner),
          .hint =
              "name the file itself instead of a link, or keep both in directories of one owner, best "
              "root's"};
    m_place.owner = owner;
    return {};
  }

  Result<void> follow(int link_fd) {
    if (++m_place.links > k_max_links) return open_error(m_path, ELOOP);
    char target[PATH_MAX];
    const ssize_t size = ::readlinkat(link_fd, "", target, sizeof target);
    if (size < 0) return open_error(m_path, errno);
    const std::string_view text(target, static_cast<std::size_t>(size));
    prepend(text);
    if (text.starts_with('/')) VMCRED_TRY(restart_at_root());
    return {};
  }

  // Opens what the O_PATH descriptor holds, whatever its name points to by now.
  Result<UniqueFd> open_end() const {
    if (!S_ISREG(m_place.mode))
      return Error{.kind = ErrorKind::credential,
                   .what = concat(m_path, ": ", type_name(m_place.mode), ", expected a regular file"),
                   .hint = "let 'path' name the file that holds the secret"};
    const std::string self = concat("/proc/self/fd/", m_place.here->get());
    UniqueFd file(::open(self.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!file.valid()) return open_error(m_path, errno);
    return file;
  }

  const std::string& m_path;
  std::deque<std::string> m_rest;
  Place m_place;
};

}  // namespace

Result<UniqueFd> TrustedFiles::open(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = path.substr(0, slash == std::string::npos ? 0 : slash);
  auto known = m_directories.find(directory);
  if (known == m_directories.end()) {
    VMCRED_TRY_ASSIGN(Place place, Walk(path).go_from_root(directory));
    known = m_directories.emplace(directory, std::move(place)).first;
  }
  return Walk(path).open_from(known->second, std::string_view(path).substr(directory.size()));
}

Result<UniqueFd> open_trusted(const std::string& path) { return TrustedFiles().open(path); }

}  // namespace vmcred::runner
