// SPDX-License-Identifier: Apache-2.0
#include "store/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/file_names.h"
#include "base/text.h"
#include "store/checkpoint.h"

namespace vmcred::store {
namespace {

base::Error not_a_folder(std::string_view path) {
  return {.kind = base::ErrorKind::refused,
          .what = base::concat(path, " is a link or a file where a folder must be"),
          .hint = "replace it with a folder: vmcred writes through no link"};
}

// Opens one folder; an invalid descriptor where it is absent.
base::Result<base::UniqueFd> open_part(int parent, const std::string& name, std::string_view path) {
  base::UniqueFd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.valid() || errno == ENOENT) return folder;
  if (errno == ENOTDIR || errno == ELOOP) return not_a_folder(path);
  return base::errno_error(path);
}

base::Result<base::UniqueFd> make_part(int parent, const std::string& name, std::string_view path) {
  VMCRED_TRY_ASSIGN(base::UniqueFd folder, open_part(parent, name, path));
  if (folder.valid()) return folder;
  checkpoint("mkdir");
  const bool made = ::mkdirat(parent, name.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return base::errno_error(path);
  VMCRED_TRY_ASSIGN(folder, open_part(parent, name, path));
  if (!folder.valid()) return base::errno_error(path, ENOENT);
  // Whatever the umask says, as for files: stage.cc.
  if (made && ::fchmod(folder.get(), 0755) != 0) return base::errno_error(path);
  return folder;
}

using OpenPart = base::Result<base::UniqueFd> (*)(int parent, const std::string& name, std::string_view path);

// Where a walk down from the root came to.
struct Reached {
  base::UniqueFd folder;
  bool whole_way;
};

// Goes down part by part; ends at the first that is absent.
base::Result<Reached> walk(int root, std::string_view path, OpenPart open) {
  Reached reached{.folder = base::UniqueFd(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
                  .whole_way = true};
  if (!reached.folder.valid()) return base::errno_error(path);
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    VMCRED_TRY_ASSIGN(
        base::UniqueFd next,
        open(reached.folder.get(), std::string(path.substr(start, end - start)), path.substr(0, end)));
    if (!next.valid()) {
      reached.whole_way = false;
      break;
    }
    reached.folder = std::move(next);
    start = end + 1;
  }
  return reached;
}

base::Result<void> remove_entry(int folder, const std::string& name) {
  checkpoint("unlink");
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR && errno != EPERM) return base::errno_error(name);
  return remove_folder(folder, name);
}

}  // namespace

base::Result<std::optional<base::UniqueFd>> open_folder(int root, std::string_view path) {
  VMCRED_TRY_ASSIGN(Reached reached, walk(root, path, open_part));
  if (!reached.whole_way) return std::optional<base::UniqueFd>();
  return std::optional(std::move(reached.folder));
}

base::Result<base::UniqueFd> open_deepest_folder(int root, std::string_view path) {
  VMCRED_TRY_ASSIGN(Reached reached, walk(root, path, open_part));
  return std::move(reached.folder);
}

base::Result<base::UniqueFd> make_folder(int root, std::string_view path) {
  VMCRED_TRY_ASSIGN(Reached reached, walk(root, path, make_part));
  return std::move(reached.folder);
}

base::Result<void> remove_folder(int parent, const std::string& name) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd folder, open_part(parent, name, name));
  if (!folder.valid()) return {};
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(folder.get(), name));
  for (const auto& entry : names) VMCRED_TRY(remove_entry(folder.get(), entry));
  checkpoint("rmdir");
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) return base::errno_error(name);
  return {};
}

}  // namespace vmcred::store
