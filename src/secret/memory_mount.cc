// SPDX-License-Identifier: Apache-2.0
#include "secret/memory_mount.h"

#include <sys/mount.h>

namespace vmcred::secret {
namespace {

using base::UniqueFd;

UniqueFd open_file_system(const char* type) { return UniqueFd(::fsopen(type, FSOPEN_CLOEXEC)); }

bool set_option(const UniqueFd& context, const char* key, const char* value) {
  return ::fsconfig(context.get(), FSCONFIG_SET_STRING, key, value, 0) == 0;
}

bool create(const UniqueFd& context) {
  return ::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0;
}

// A superblock's context, ready to be mounted; not valid where the kernel lacks what it takes.
UniqueFd unswapped_tmpfs(const char* max_size) {
  UniqueFd context = open_file_system("tmpfs");
  const bool ready = context.valid() &&
                     ::fsconfig(context.get(), FSCONFIG_SET_FLAG, "noswap", nullptr, 0) == 0 &&
                     set_option(context, "mode", "0700") &&
                     (max_size == nullptr || set_option(context, "size", max_size)) && create(context);
  return ready ? std::move(context) : UniqueFd();
}

UniqueFd ramfs() {
  UniqueFd context = open_file_system("ramfs");
  const bool ready = context.valid() && set_option(context, "mode", "0700") && create(context);
  return ready ? std::move(context) : UniqueFd();
}

}  // namespace

base::Result<UniqueFd> make_memory_mount(const char* max_size) {
  constexpr const char* k_subject = "a file system in memory";
  UniqueFd context = unswapped_tmpfs(max_size);
  if (!context.valid()) context = ramfs();
  if (!context.valid()) return base::errno_error(k_subject);
  constexpr unsigned k_attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, k_attributes));
  if (!mount.valid()) return base::errno_error(k_subject);
  return mount;
}

}  // namespace vmcred::secret
