// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/edited_file.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "cli/sops/files.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::UniqueFd;

constexpr std::string_view k_folder_template = "/dev/shm/vmcred-edit-XXXXXX";
constexpr mode_t k_file_mode = 0600;

// Root's file system: one that is never swapped out, and that nobody else sees. False where the kernel or a
// container does not let us, and then the folder is in the tmpfs that everybody has.
bool mount_private(const std::string& folder) {
  if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0) return false;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return ::mount("vmcred", folder.c_str(), "ramfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") == 0;
}

// Overwrites what is there, before the memory goes back to the kernel. Whatever an editor left, nothing
// waits.
void wipe(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  constexpr std::array<std::byte, 4096> k_zeros{};
  for (off_t done = 0; done < status.st_size; done += static_cast<off_t>(k_zeros.size())) {
    if (::pwrite(fd.get(), k_zeros.data(), k_zeros.size(), done) < 0) return;
  }
}

// Editors leave copies beside the file: all go.
void wipe_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator file(folder, error);
  for (; !error && file != std::filesystem::recursive_directory_iterator(); file.increment(error)) {
    wipe(file->path().string());
  }
  std::filesystem::remove_all(folder, error);
}

}  // namespace

base::Result<EditedFile> EditedFile::make(const std::string& name, crypto::Bytes contents) {
  std::string folder(k_folder_template);
  if (::mkdtemp(folder.data()) == nullptr) return base::errno_error("/dev/shm");
  EditedFile file;
  file.m_folder = folder;
  file.m_mounted = mount_private(folder);
  file.m_path = concat(folder, "/", std::filesystem::path(name).filename().string());
  VMCRED_TRY_ASSIGN(const UniqueFd fd,
                    base::open_file(file.m_path, O_WRONLY | O_CREAT | O_EXCL, k_file_mode));
  VMCRED_TRY(base::write_all(fd.get(), contents, file.m_path));
  return file;
}

EditedFile::EditedFile(EditedFile&& other) noexcept
    : m_folder(std::exchange(other.m_folder, {})),
      m_path(std::move(other.m_path)),
      m_mounted(other.m_mounted) {}

EditedFile::~EditedFile() {
  if (m_folder.empty()) return;
  wipe_folder(m_folder);
  if (m_mounted) ::umount2(m_folder.c_str(), MNT_DETACH);
  ::rmdir(m_folder.c_str());
}

base::Result<secret::SecretBuffer> EditedFile::read() const { return read_contents(m_path); }

}  // namespace vmcred::cli
