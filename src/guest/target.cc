// SPDX-License-Identifier: Apache-2.0
#include "guest/target.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <cerrno>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "secret/memory_mount.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr mode_t k_directory_mode = 0700;
constexpr mode_t k_file_mode = 0400;

// What the files take, each of them whole pages, and some more.
std::size_t bytes_in_memory(const credential::CredentialSet& set) {
  constexpr std::size_t k_page_bytes = 4096;
  constexpr std::size_t k_spare_bytes = 1024UL * 1024;
  std::size_t bytes = k_spare_bytes;
  for (const auto& [name, value] : set) bytes += (value.size() / k_page_bytes + 1) * k_page_bytes;
  return bytes;
}

Result<void> make_directories(const std::string& path) {
  constexpr mode_t k_parent_mode = 0755;
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const bool is_last = slash == std::string::npos;
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), is_last ? k_directory_mode : k_parent_mode) != 0 && errno != EEXIST)
      return base::errno_error(part);
    if (is_last) return {};
  }
}

Result<void> refuse_disk(const UniqueFd& directory, const std::string& path) {
  struct statfs status{};
  if (::fstatfs(directory.get(), &status) != 0) return base::errno_error(path);
  if (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC) return {};
  return Error{.kind = ErrorKind::refused,
               .what = base::concat(path, " is not in memory: credentials would reach a disk"),
               .hint = "choose a directory on a tmpfs, such as one below /run"};
}

Result<void> attach_read_only(const UniqueFd& mount, const std::string& path) {
  if (::move_mount(mount.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
    return base::errno_error(path);
  constexpr unsigned long k_flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount(nullptr, path.c_str(), nullptr, k_flags, nullptr) != 0) return base::errno_error(path);
  return {};
}

}  // namespace

Result<void> write_credential_files(const UniqueFd& directory, const credential::CredentialSet& set) {
  for (const auto& [name, value] : set) {
    VMCRED_TRY_ASSIGN(const UniqueFd file, base::open_beneath(directory.get(), name.text(),
                                                              O_WRONLY | O_CREAT | O_EXCL, k_file_mode));
    VMCRED_TRY(base::write_all(file.get(), value.bytes(), name.text()));
    if (::fchmod(file.get(), k_file_mode) != 0) return base::errno_error(name.text());
  }
  return {};
}

Result<UniqueFd> make_credential_directory(const std::string& path) {
  VMCRED_TRY(make_directories(path));
  VMCRED_TRY_ASSIGN(UniqueFd directory, base::open_file(path, O_RDONLY | O_DIRECTORY));
  VMCRED_TRY(refuse_disk(directory, path));
  return directory;
}

Result<void> place_credentials(const std::string& path, const credential::CredentialSet& set,
                               Placement placement) {
  VMCRED_TRY(make_directories(path));
  VMCRED_TRY_ASSIGN(const UniqueFd directory, base::open_file(path, O_RDONLY | O_DIRECTORY));
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(directory.get(), path));
  if (!names.empty())
    return Error{.kind = ErrorKind::refused,
                 .what = base::concat(path, " holds ", base::counted(names.size(), "file"), " already"),
                 .hint = "an import happens once a boot: 'vmcred-guest list' shows what is there"};
  if (placement == Placement::as_directory) {
    VMCRED_TRY(refuse_disk(directory, path));
    return write_credential_files(directory, set);
  }
  VMCRED_TRY_ASSIGN(const UniqueFd mount,
                    secret::make_memory_mount(std::to_string(bytes_in_memory(set)).c_str()));
  VMCRED_TRY(write_credential_files(mount, set));
  return attach_read_only(mount, path);
}

}  // namespace vmcred::guest
