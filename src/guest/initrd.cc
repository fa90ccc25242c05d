// SPDX-License-Identifier: Apache-2.0
#include "guest/initrd.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "credential/archive.h"
#include "credential/initrd_segment.h"
#include "guest/directory.h"
#include "guest/secret_file.h"
#include "guest/target.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using credential::CredentialSet;
using secret::SecretBuffer;

constexpr std::size_t k_max_path_bytes = 4095;

Result<std::string> read_next_init(const std::string& path) {
  VMCRED_TRY_ASSIGN(std::string next, base::read_text_file(path, k_max_path_bytes));
  if (!next.starts_with('/') || next.find('\0') != std::string::npos)
    return Error{.kind = ErrorKind::credential, .what = concat(path, " does not hold an absolute path")};
  return next;
}

// Leaves zeros where the archive was: the memory of a file that is removed goes to others as it is.
Result<CredentialSet> read_and_overwrite_archive(const std::string& path) {
  VMCRED_TRY_ASSIGN(const UniqueFd file, base::open_file(path, O_RDWR));
  VMCRED_TRY_ASSIGN(const SecretBuffer bytes, read_secret(file, credential::k_max_archive_bytes, path));
  VMCRED_TRY_ASSIGN(CredentialSet set, credential::read_archive(bytes.bytes()));
  VMCRED_TRY_ASSIGN(const SecretBuffer zeros, SecretBuffer::zeroed(bytes.size()));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return base::errno_error(path);
  VMCRED_TRY(base::write_all(file.get(), zeros.bytes(), path));
  return set;
}

Result<bool> is_mount_point(const std::string& path, const std::string& parent) {
  struct stat own{};
  struct stat above{};
  if (::stat(path.c_str(), &own) != 0) return base::errno_error(path);
  if (::stat(parent.c_str(), &above) != 0) return base::errno_error(parent);
  return own.st_dev != above.st_dev;
}

// As systemd would mount it, which leaves alone what it finds.
Result<void> provide_run(const std::string& root) {
  const std::string path = root + "/run";
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return base::errno_error(path);
  VMCRED_TRY_ASSIGN(const bool is_there, is_mount_point(path, root + "/"));
  if (is_there) return {};
  constexpr unsigned long k_flags = MS_NOSUID | MS_NODEV | MS_STRICTATIME;
  if (::mount("tmpfs", path.c_str(), "tmpfs", k_flags, "mode=0755,size=20%") != 0)
    return base::errno_error(concat("mount a tmpfs on ", path));
  return {};
}

Result<void> remove_shim(const std::string& directory) {
  for (const auto& name : base::file_names(directory)) {
    const std::string path = concat(directory, "/", name);
    if (::unlink(path.c_str()) != 0) return base::errno_error(path);
  }
  if (::rmdir(directory.c_str()) != 0) return base::errno_error(directory);
  return {};
}

}  // namespace

Result<std::string> take_from_initrd(const std::string& root) {
  VMCRED_TRY_ASSIGN(std::string next, read_next_init(concat(root, credential::k_shim_next)));
  VMCRED_TRY_ASSIGN(const CredentialSet set,
                    read_and_overwrite_archive(concat(root, credential::k_shim_archive)));
  VMCRED_TRY(provide_run(root));
  VMCRED_TRY(place_credentials(concat(root, k_system_directory), set, Placement::mount));
  VMCRED_TRY(remove_shim(concat(root, credential::k_shim_directory)));
  return next;
}

}  // namespace vmcred::guest
