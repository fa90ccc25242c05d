// SPDX-License-Identifier: Apache-2.0
#include "runner/trusted_path.h"

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

// The way to a file: what is left of it, and whose hands it has passed through.
class Walk {
 public:
  explicit Walk(const std::string& path) : m_path(path) { prepend(path); }

  Result<UniqueFd> go() {
    VMCRED_TRY(restart_at_root());
    while (!m_rest.empty()) {
      const std::string name = std::move(m_rest.front());
      m_rest.pop_front();
      VMCRED_TRY(step(name));
    }
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

  Result<void> restart_at_root() {
    UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return open_error(m_path, errno);
    m_here = std::move(root);
    return {};
  }

  Result<void> step(const std::string& name) {
    UniqueFd next(::openat(m_here.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return open_error(m_path, errno);
    struct stat status{};
    if (::fstat(next.get(), &status) != 0) return open_error(m_path, errno);
    VMCRED_TRY(check_owner(status.st_uid));
    if (S_ISLNK(status.st_mode)) return follow(next.get());
    m_here = std::move(next);
    return {};
  }

  Result<void> check_owner(uid_t owner) {
    if (m_owner != 0 && owner != m_owner)
      return Error{
          .kind = ErrorKind::refused,
          .what = concat(m_path, ": leads from something of user ", m_owner, " to something of user ", owner),
          .hint =
              "name the file itself instead of a link, or keep both in directories of one owner, best "
              "root's"};
    m_owner = owner;
    return {};
  }

  Result<void> follow(int link_fd) {
    if (++m_links > k_max_links) return open_error(m_path, ELOOP);
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
    struct stat status{};
    if (::fstat(m_here.get(), &status) != 0) return open_error(m_path, errno);
    if (!S_ISREG(status.st_mode))
      return Error{.kind = ErrorKind::credential,
                   .what = concat(m_path, ": ", type_name(status.st_mode), ", expected a regular file"),
                   .hint = "let 'path' name the file that holds the secret"};
    const std::string self = concat("/proc/self/fd/", m_here.get());
    UniqueFd file(::open(self.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!file.valid()) return open_error(m_path, errno);
    return file;
  }

  const std::string& m_path;
  std::deque<std::string> m_rest;
  UniqueFd m_here;
  uid_t m_owner = 0;
  int m_links = 0;
};

}  // namespace

Result<UniqueFd> open_trusted(const std::string& path) { return Walk(path).go(); }

}  // namespace vmcred::runner
