// SPDX-License-Identifier: Apache-2.0
#include "store/apply.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "store/checkpoint.h"
#include "store/folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

bool is_folder(int parent, const std::string& name) {
  struct stat status{};
  return ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

// A folder that is not there yet comes with all that is in it in one step; files and links replace what is
// there.
base::Result<void> move_into(int from, int to, const std::string& name, const std::string& path) {
  checkpoint("rename");
  if (::renameat(from, name.c_str(), to, name.c_str()) != 0) return base::errno_error(path);
  return {};
}

base::Result<void> merge(int from, int to, const std::string& folder);

base::Result<void> merge_entry(int from, int to, const std::string& name, const std::string& path) {
  if (!is_folder(from, name)) return move_into(from, to, name, path);
  VMCRED_TRY_ASSIGN(const auto target, open_folder(to, name));
  if (!target) return move_into(from, to, name, path);
  VMCRED_TRY_ASSIGN(const base::UniqueFd source, base::open_beneath(from, name, O_RDONLY | O_DIRECTORY));
  VMCRED_TRY(merge(source.get(), target->get(), path));
  checkpoint("rmdir");
  if (::unlinkat(from, name.c_str(), AT_REMOVEDIR) != 0) return base::errno_error(path);
  return {};
}

base::Result<void> merge(int from, int to, const std::string& folder) {
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(from, folder));
  for (const auto& name : names) VMCRED_TRY(merge_entry(from, to, name, path_in(folder, name)));
  return {};
}

// Removes the folder, and those above it, as far as they are empty.
base::Result<void> remove_empty_folders(int root, std::string_view folder) {
  for (; !folder.empty(); folder = folder_of(folder)) {
    VMCRED_TRY_ASSIGN(const auto parent, open_folder(root, folder_of(folder)));
    if (!parent) continue;
    checkpoint("rmdir");
    const std::string name(name_of(folder));
    if (::unlinkat(parent->get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) continue;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR || errno == EBUSY) return {};
    return base::errno_error(folder);
  }
  return {};
}

base::Result<void> remove(int root, const std::string& path) {
  VMCRED_TRY_ASSIGN(const auto folder, open_folder(root, folder_of(path)));
  if (folder) {
    checkpoint("unlink");
    const std::string name(name_of(path));
    if (::unlinkat(folder->get(), name.c_str(), 0) != 0 && errno != ENOENT) return base::errno_error(path);
  }
  return {};
}

}  // namespace

base::Result<void> apply(int root, int staging, const Journal& journal) {
  if (staging >= 0) VMCRED_TRY(merge(staging, root, ""));
  for (const auto& path : journal.removed) VMCRED_TRY(remove(root, path));
  for (const auto& path : journal.removed) VMCRED_TRY(remove_empty_folders(root, folder_of(path)));
  return {};
}

base::Result<void> check_staged(const View& staged, const Journal& journal) {
  VMCRED_TRY_ASSIGN(const auto leaves, staged.leaves(""));
  for (const auto& path : leaves)
    if (!std::ranges::binary_search(journal.written, path))
      return base::Error{.kind = base::ErrorKind::refused,
                         .what = base::concat(staged.root(), " holds ", base::quoted(path),
                                              ", which its record does not name"),
                         .hint = base::concat("it was not written by vmcred: look into it, then remove it")};
  return {};
}

}  // namespace vmcred::store
