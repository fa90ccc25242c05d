// SPDX-License-Identifier: Apache-2.0
#include "network/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstdint>

namespace vmcred::network {
namespace {

using base::Result;

constexpr std::uint32_t k_kept = 1U << CAP_NET_ADMIN | 1U << CAP_CHOWN;

bool is_kept(unsigned capability) { return capability < 32 && (k_kept & 1U << capability) != 0; }

// What of it this process has: a container may give its root no more than it takes.
Result<std::uint32_t> kept_privileges(__user_cap_header_struct& header) {
  __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, held) != 0) return base::errno_error("read capabilities");
  const std::uint32_t kept = held[0].permitted & k_kept;
  if ((kept & 1U << CAP_NET_ADMIN) != 0) return kept;
  return base::Error{.kind = base::ErrorKind::host,
                     .what = "this process may not change the network (no CAP_NET_ADMIN)",
                     .hint = "run it as root, as the VM's unit does"};
}

// Without CAP_SETPCAP, none can be dropped, and none need be if no other is left.
Result<void> drop_from_bounding_set() {
  for (unsigned capability = 0;; ++capability) {
    const int is_there = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (is_there < 0) return {};  // the kernel has no more of them
    if (is_there == 0 || is_kept(capability)) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return base::errno_error("drop a capability");
  }
}

}  // namespace

Result<void> keep_network_privileges_only() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  VMCRED_TRY_ASSIGN(const std::uint32_t kept, kept_privileges(header));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("set no_new_privs");
  VMCRED_TRY(drop_from_bounding_set());
  __user_cap_data_struct only[_LINUX_CAPABILITY_U32S_3] = {
      {.effective = kept, .permitted = kept, .inheritable = 0}};
  if (::syscall(SYS_capset, &header, only) != 0) return base::errno_error("drop capabilities");
  return {};
}

}  // namespace vmcred::network
