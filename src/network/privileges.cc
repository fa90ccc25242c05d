// SPDX-License-Identifier: Apache-2.0
#include "network/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vmcred::network {
namespace {

using base::Result;

constexpr std::uint32_t k_kept = 1U << CAP_NET_ADMIN | 1U << CAP_CHOWN;

bool is_kept(unsigned capability) { return capability < 32 && (k_kept & 1U << capability) != 0; }

}  // namespace

Result<void> keep_network_privileges_only() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("set no_new_privs");
  for (unsigned capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (!is_kept(capability) && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
      return base::errno_error("drop a capability");
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] = {
      {.effective = k_kept, .permitted = k_kept, .inheritable = 0}};
  if (::syscall(SYS_capset, &header, kept) != 0) return base::errno_error("drop capabilities");
  return {};
}

}  // namespace vmcred::network
