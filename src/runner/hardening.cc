// SPDX-License-Identifier: Apache-2.0
#include "runner/hardening.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::Result;

// A limit of one byte, not zero: the kernel still feeds a core pattern's pipe (systemd-coredump, apport)
// under a limit of zero, but takes exactly 1 as the sign to write no core anywhere (core(5)).
constexpr rlim_t k_no_core_at_all = 1;

Result<void> forbid_core_dumps() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return base::errno_error("read the core limit");
  limit.rlim_max = std::min(limit.rlim_max, k_no_core_at_all);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_CORE, &limit) != 0) return base::errno_error("forbid core dumps");
  // Inherited across exec, unlike the dumpable flag: should a core be made after all, no memory is in it.
  VMCRED_TRY_ASSIGN(const base::UniqueFd filter, base::open_file("/proc/self/coredump_filter", O_WRONLY));
  VMCRED_TRY(base::write_all(filter.get(), std::as_bytes(std::span("0", 1)), "/proc/self/coredump_filter"));
  return {};
}

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

Result<void> harden_process() {
  ::umask(077);
  VMCRED_TRY(forbid_core_dumps());
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return base::errno_error("make the process undumpable");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("set no_new_privs");
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
