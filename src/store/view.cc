// SPDX-License-Identifier: Apache-2.0
#include "store/view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <set>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "store/folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

base::Result<std::string> read_open_file(int fd, const std::string& subject) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return base::errno_error(subject);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size > k_max_file_bytes)
    return base::Error{
        .kind = base::ErrorKind::io,
        .what = base::concat(subject, ": expected a file of at most ", base::byte_count(k_max_file_bytes))};
  std::string text(size, '\0');
  VMCRED_TRY_ASSIGN(const std::size_t got,
                    base::read_up_to(fd, std::as_writable_bytes(std::span(text)), subject));
  text.resize(got);
  return text;
}

// An lstat() below the root; mode 0 where nothing is there.
mode_t mode_at(int root, std::string_view path) {
  struct stat status{};
  if (::fstatat(root, path.empty() ? "." : std::string(path).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return 0;
  return status.st_mode;
}

}  // namespace

View::View(std::string root, base::UniqueFd fd, const Changes* changes)
    : m_root(std::make_shared<const std::string>(std::move(root))),
      m_fd(std::make_shared<const base::UniqueFd>(std::move(fd))),
      m_changes(changes) {}

base::Result<View> View::open(const std::string& root, const Changes* changes) {
  VMCRED_TRY_ASSIGN(base::UniqueFd fd, base::open_file(root, O_RDONLY | O_DIRECTORY));
  return View(root, std::move(fd), changes);
}

const Change* View::change_at(std::string_view path) const {
  if (m_changes == nullptr) return nullptr;
  const auto found = m_changes->find(path);
  return found == m_changes->end() ? nullptr : &found->second;
}

bool View::has_file(std::string_view path) const {
  if (const Change* change = change_at(path)) return change->kind == Change::Kind::file;
  return S_ISREG(mode_at(root_fd(), path));
}

base::Result<std::optional<std::string>> View::read_file(std::string_view path) const {
  if (const Change* change = change_at(path)) {
    if (change->kind == Change::Kind::file) return std::optional(change->contents);
    return std::optional<std::string>();
  }
  const std::string name(path);
  const std::string subject = base::concat(root(), "/", path);
  const base::UniqueFd fd(
      ::openat(root_fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid() && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
  if (!fd.valid()) return base::errno_error(subject);
  VMCRED_TRY_ASSIGN(std::string text, read_open_file(fd.get(), subject));
  return std::optional(std::move(text));
}

std::optional<std::string> View::read_link(std::string_view path) const {
  if (const Change* change = change_at(path))
    return change->kind == Change::Kind::link ? std::optional(change->contents) : std::nullopt;
  char target[PATH_MAX];
  const ssize_t size = ::readlinkat(root_fd(), std::string(path).c_str(), target, sizeof target);
  if (size < 0) return std::nullopt;
  return std::string(target, static_cast<std::size_t>(size));
}

base::Result<std::vector<std::string>> View::names(std::string_view folder) const {
  std::set<std::string, std::less<>> found;
  const std::string path(folder);
  const base::UniqueFd fd(
      ::openat(root_fd(), path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() && errno != ENOENT && errno != ENOTDIR)
    return base::errno_error(base::concat(root(), "/", folder));
  if (fd.valid()) {
    VMCRED_TRY_ASSIGN(auto on_disk, base::file_names(fd.get(), base::concat(root(), "/", folder)));
    found.insert(on_disk.begin(), on_disk.end());
  }
  if (m_changes != nullptr) {
    const std::string prefix = path.empty() ? "" : path + "/";
    for (auto it = m_changes->lower_bound(prefix); it != m_changes->end() && it->first.starts_with(prefix);
         ++it) {
      const std::string rest = it->first.substr(prefix.size());
      const auto slash = rest.find('/');
      if (it->second.kind != Change::Kind::removal)
        found.insert(rest.substr(0, slash));
      else if (slash == std::string::npos)
        found.erase(rest);
    }
  }
  return std::vector<std::string>(found.begin(), found.end());
}

bool View::is_folder(std::string_view path) const {
  if (change_at(path) != nullptr) return false;
  if (S_ISDIR(mode_at(root_fd(), path))) return true;
  if (m_changes == nullptr) return false;
  const std::string prefix = base::concat(path, "/");
  const auto first = m_changes->lower_bound(prefix);
  return first != m_changes->end() && first->first.starts_with(prefix);
}

base::Result<void> View::add_leaves(const std::string& folder, std::vector<std::string>& found) const {
  VMCRED_TRY_ASSIGN(const auto all, names(folder));
  for (const auto& name : all) {
    std::string path = path_in(folder, name);
    if (is_folder(path))
      VMCRED_TRY(add_leaves(path, found));
    else
      found.push_back(std::move(path));
  }
  return {};
}

base::Result<std::vector<std::string>> View::leaves(std::string_view folder) const {
  std::vector<std::string> found;
  VMCRED_TRY(add_leaves(std::string(folder), found));
  return found;
}

bool View::exists(std::string_view path) const {
  if (const Change* change = change_at(path)) return change->kind != Change::Kind::removal;
  if (!is_folder(path)) return mode_at(root_fd(), path) != 0;
  const auto below = leaves(path);
  return !below || !below->empty();
}

}  // namespace vmcred::store
