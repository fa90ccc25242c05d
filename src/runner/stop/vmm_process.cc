// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/vmm_process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "config/load.h"
#include "config/spelling.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using config::Hypervisor;

constexpr std::string_view k_lock_file = "/vmm.lock";
constexpr std::size_t k_max_name_bytes = 64;

struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// Who holds the lock; 0: nobody.
Result<pid_t> holder_of(const UniqueFd& file, const std::string& path) {
  struct flock lock = whole_file();
  if (::fcntl(file.get(), F_GETLK, &lock) != 0) return base::errno_error(path);
  return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

Error runs_already(pid_t process) {
  return {.kind = ErrorKind::vmm,
          .what = concat("it is running already (process ", process, ")"),
          .hint = "stop it first, as the user who started it, or as root: vmcred vm stop"};
}

// The directory is the VM user's, so that the file may be anything by now: root must give nothing away that
// it finds there, and write into nothing that has another name too.
Result<struct stat> check_is_plain(const UniqueFd& file, const std::string& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return base::errno_error(path);
  if (S_ISREG(status.st_mode) && status.st_nlink <= 1) return status;
  return Error{.kind = ErrorKind::refused,
               .what = concat(path, ": expected a regular file without another name"),
               .hint = concat("remove it: rm ", path)};
}

// One that is ours and still empty was just made, by us or by a start that ended early. In its unit the
// runner is the VM's user already, and may not even ask.
Result<void> give_to(const Identity& owner, const UniqueFd& file, const struct stat& status,
                     const std::string& path) {
  if (status.st_uid == owner.uid) return {};
  if (status.st_uid != ::geteuid() || status.st_size != 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat(path, " belongs to user ", status.st_uid, ", expected user ", owner.uid),
                 .hint = concat("remove it: rm ", path)};
  if (::fchown(file.get(), owner.uid, owner.gid) != 0) return base::errno_error(path);
  return {};
}

// The name of what was started, for whoever stops it: the config may say something else by then.
Result<void> note_hypervisor(const UniqueFd& file, Hypervisor hypervisor, const std::string& path) {
  if (::ftruncate(file.get(), 0) != 0) return base::errno_error(path);
  return base::write_all(file.get(), std::as_bytes(std::span(config::spelling(hypervisor))), path);
}

std::optional<Hypervisor> noted_hypervisor(const UniqueFd& file, const std::string& path) {
  std::string text(k_max_name_bytes, '\0');
  const auto size = base::read_up_to(file.get(), std::as_writable_bytes(std::span(text)), path);
  if (!size) return std::nullopt;
  text.resize(*size);
  const auto& all = config::k_hypervisor_spellings;
  const auto* const row = std::ranges::find(all, text, &config::Spelling<Hypervisor>::text);
  return row == all.end() ? std::nullopt : std::optional(row->value);
}

Result<UniqueFd> handle_of(pid_t process, const std::string& path) {
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (!handle.valid() && errno != ESRCH) return base::errno_error(path);
  return handle;
}

}  // namespace

Result<UniqueFd> claim_vm(const std::string& runtime_directory, Hypervisor hypervisor,
                          const Identity& owner) {
  const std::string path = concat(runtime_directory, k_lock_file);
  VMCRED_TRY_ASSIGN(
      UniqueFd file,
      base::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, S_IRUSR | S_IWUSR));
  VMCRED_TRY_ASSIGN(const struct stat status, check_is_plain(file, path));
  const struct flock lock = whole_file();
  if (::fcntl(file.get(), F_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES) return base::errno_error(path);
    VMCRED_TRY_ASSIGN(const pid_t holder, holder_of(file, path));
    return runs_already(holder);
  }
  VMCRED_TRY(give_to(owner, file, status, path));
  VMCRED_TRY(note_hypervisor(file, hypervisor, path));
  return file;
}

UniqueFd keep_stopped(const std::string& runtime_directory) {
  const std::string path = concat(runtime_directory, k_lock_file);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  const struct flock lock = whole_file();
  if (!file.valid() || ::fcntl(file.get(), F_SETLK, &lock) != 0) return {};
  return file;
}

Result<std::optional<VmmProcess>> find_vmm(const std::string& runtime_directory) {
  const std::string path = concat(runtime_directory, k_lock_file);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<VmmProcess>();
    return Error{.kind = ErrorKind::vmm,
                 .what = concat(path, ": ", base::errno_text(errno)),
                 .hint = "look as the user who started it, or as root"};
  }
  VMCRED_TRY_ASSIGN(const pid_t holder, holder_of(file, path));
  if (holder <= 0) return std::optional<VmmProcess>();
  VMCRED_TRY_ASSIGN(UniqueFd handle, handle_of(holder, path));
  // Its number may have become another's before the handle was there; then it holds the lock no longer.
  VMCRED_TRY_ASSIGN(const pid_t holder_now, holder_of(file, path));
  if (!handle.valid() || holder_now != holder) return std::optional<VmmProcess>();
  return std::optional(
      VmmProcess{.number = holder, .handle = std::move(handle), .hypervisor = noted_hypervisor(file, path)});
}

Result<VmmProcess> running_vmm(const std::string& runtime_directory) {
  VMCRED_TRY_ASSIGN(auto found, find_vmm(runtime_directory));
  if (found) return *std::move(found);
  return Error{.kind = ErrorKind::vmm,
               .what = concat("not running (nobody holds ", runtime_directory, k_lock_file, ")"),
               .hint = "if it runs, stop it as the user who started it, or as root"};
}

}  // namespace vmcred::runner
