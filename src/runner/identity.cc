// SPDX-License-Identifier: Apache-2.0
#include "runner/identity.h"

#include <cerrno>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;

std::vector<gid_t> groups_of(const passwd& entry) {
  int count = 0;
  ::getgrouplist(entry.pw_name, entry.pw_gid, nullptr, &count);
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  ::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count);
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

// Capabilities that the bounding set no longer has can't come back through any later exec.
Result<void> empty_bounding_set() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return base::errno_error("drop a capability");
  return {};
}

Result<void> empty_capability_sets() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
    return base::errno_error("clear the ambient capabilities");
  if (::syscall(SYS_capset, &header, none) != 0) return base::errno_error("clear the capabilities");
  return {};
}

Result<void> check_no_way_back(const Identity& identity) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return base::errno_error("read back the user");
  if (real != identity.uid || effective != identity.uid || saved != identity.uid || ::setuid(0) == 0)
    return Error{.kind = ErrorKind::refused, .what = concat("can't become user ", quoted(identity.name), " for good")};
  return {};
}

}  // namespace

std::string user_name(const config::VirtualMachine& vm) {
  return vm.user.empty() ? concat("microvm-", vm.name) : vm.user;
}

Result<Identity> find_identity(const config::VirtualMachine& vm) {
  const std::string name = user_name(vm);
  errno = 0;
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr)
    return Error{.kind = ErrorKind::host,
                 .what = concat("user ", quoted(name), " doesn't exist"),
                 .hint = concat("make it: useradd --system --no-create-home --shell /usr/sbin/nologin ", name)};
  if (entry->pw_uid == 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("user ", quoted(name), " is root, and a VM never runs as root"),
                 .hint = "set 'user' to a system user that only this VM has"};
  return Identity{.name = name, .uid = entry->pw_uid, .gid = entry->pw_gid, .groups = groups_of(*entry)};
}

Result<void> become(const Identity& identity) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("set no_new_privs");
  VMCRED_TRY(empty_bounding_set());
  if (::setgroups(identity.groups.size(), identity.groups.data()) != 0) return base::errno_error("set the groups");
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) return base::errno_error("set the group");
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) return base::errno_error("set the user");
  VMCRED_TRY(empty_capability_sets());
  return check_no_way_back(identity);
}

}  // namespace vmcred::runner
