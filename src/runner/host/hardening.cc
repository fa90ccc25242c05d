// SPDX-License-Identifier: Apache-2.0
#include "runner/host/hardening.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "secret/process_protection.h"

namespace vmcred::runner {
namespace {

using base::Result;

bool is_compressed_ram(std::string_view swap_line) { return swap_line.starts_with("/dev/zram"); }

// The first line of /proc/swaps is a heading; each further one starts with the device.
std::string first_swap_device() {
  const auto swaps = base::read_text_file("/proc/swaps", 64 * 1024);
  if (!swaps) return {};  // a kernel without swap has no such file
  std::string_view rest = *swaps;
  for (bool heading = true; !rest.empty(); heading = false) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!heading && !line.empty() && !is_compressed_ram(line))
      return std::string(line.substr(0, line.find(' ')));
  }
  return {};
}

// A limit binds all groups below it, so one zero on the way up to the root is enough.
bool control_group_forbids_swap() {
  const auto membership = base::read_text_file("/proc/self/cgroup", 64 * 1024);
  if (!membership) return false;
  const auto start = membership->find("0::/");
  if (start == std::string::npos) return false;
  std::string group = membership->substr(start + 3, membership->find('\n', start) - start - 3);
  for (; !group.empty() && group != "/"; group.resize(group.rfind('/'))) {
    const auto limit = base::read_text_file(base::concat("/sys/fs/cgroup", group, "/memory.swap.max"), 64);
    if (limit && *limit == "0\n") return true;
  }
  return false;
}

}  // namespace

Result<void> harden_process(NewPrivileges new_privileges) {
  VMCRED_TRY(secret::protect_process());
  if (new_privileges == NewPrivileges::never && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return base::errno_error("set no_new_privs");
  if (::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    return base::errno_error("mark inherited descriptors");
  return {};
}

Result<void> check_swap(const config::VirtualMachine& vm) {
  if (vm.allow_swap) return {};
  const std::string device = first_swap_device();
  if (device.empty() || control_group_forbids_swap()) return {};
  return base::Error{
      .kind = base::ErrorKind::refused,
      .what = base::concat("this host swaps to ", device, ", where the VM's secrets could end up"),
      .hint =
          "run it under a unit with MemorySwapMax=0 ('systemd-run --scope -p MemorySwapMax=0 …'), or set "
          "'allow_swap = true' for this VM if the swap is encrypted"};
}

}  // namespace vmcred::runner
