// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "store/apply.h"
#include "store/checkpoint.h"
#include "store/folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;

// Nothing where the kernel does not tell.
std::optional<std::uint64_t> mount_of(int fd) {
  struct statx status{};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0 || (status.stx_mask & STATX_MNT_ID) == 0)
    return std::nullopt;
  return status.stx_mnt_id;
}

base::Result<void> check_folder(const View& disk, std::string_view path) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd folder, open_deepest_folder(disk.root_fd(), folder_of(path)));
  const std::string subject = concat(disk.root(), "/", folder_of(path));
  if (mount_of(folder.get()) != mount_of(disk.root_fd()))
    return Error{.kind = ErrorKind::refused,
                 .what = concat(subject, " is another file system than ", disk.root()),
                 .hint = "keep both on one: files of two can't be changed in one step"};
  if (::faccessat(folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) return base::errno_error(subject);
  return {};
}

base::Result<void> check_no_folder(const View& disk, const std::string& path) {
  struct stat status{};
  if (::fstatat(disk.root_fd(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode))
    return {};
  return Error{.kind = ErrorKind::refused,
               .what = concat(disk.root(), "/", path, " is a folder where a file must be"),
               .hint = "move it away"};
}

base::Result<void> stage_file(int folder, const std::string& name, const Change& change,
                              const std::string& path) {
  checkpoint("create");
  VMCRED_TRY_ASSIGN(const base::UniqueFd fd,
                    base::open_beneath(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
  // Whatever the umask says, which keeps our other files private: services read the store as users of their
  // own.
  if (::fchmod(fd.get(), change.mode) != 0) return base::errno_error(path);
  checkpoint("write");
  return base::write_all(fd.get(), std::as_bytes(std::span(change.contents)), path);
}

base::Result<void> stage_one(int folder, const std::string& path, const Change& change) {
  const std::string name(name_of(path));
  if (change.kind == Change::Kind::file) return stage_file(folder, name, change, path);
  checkpoint("symlink");
  if (::symlinkat(change.contents.c_str(), folder, name.c_str()) != 0) return base::errno_error(path);
  return {};
}

}  // namespace

base::Result<void> check_destinations(const View& disk, const Changes& changes) {
  std::set<std::string_view> checked;
  for (const auto& [path, change] : changes) {
    if (checked.insert(folder_of(path)).second) VMCRED_TRY(check_folder(disk, path));
    VMCRED_TRY(check_no_folder(disk, path));
  }
  return {};
}

base::Result<void> stage(int staging, const Changes& changes) {
  std::optional<std::string> open_path;  // changes are in order: neighbours share their folder
  base::UniqueFd folder;
  for (const auto& [path, change] : changes) {
    if (change.kind == Change::Kind::removal) continue;
    if (open_path != folder_of(path)) {
      VMCRED_TRY_ASSIGN(folder, make_folder(staging, folder_of(path)));
      open_path = folder_of(path);
    }
    VMCRED_TRY(stage_one(folder.get(), path, change));
  }
  return {};
}

}  // namespace vmcred::store
