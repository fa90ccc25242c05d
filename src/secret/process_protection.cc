// SPDX-License-Identifier: Apache-2.0
#include "secret/process_protection.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <algorithm>
#include <span>

#include "base/file.h"

namespace vmcred::secret {
namespace {

using base::Result;

// A limit of one byte, not zero: the kernel still feeds a core pattern's pipe (systemd-coredump, apport)
// under a limit of zero, but takes exactly 1 as the sign to write no core anywhere (core(5)).
constexpr rlim_t k_no_core_at_all = 1;

Result<void> limit_core_dumps() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return base::errno_error("read the core limit");
  limit.rlim_max = std::min(limit.rlim_max, k_no_core_at_all);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_CORE, &limit) != 0) return base::errno_error("forbid core dumps");
  return {};
}

// Inherited across exec, unlike the dumpable flag: should a core be made after all, no memory is in it.
Result<void> keep_memory_out_of_core_dumps() {
  VMCRED_TRY_ASSIGN(const base::UniqueFd filter, base::open_file("/proc/self/coredump_filter", O_WRONLY));
  return base::write_all(filter.get(), std::as_bytes(std::span("0", 1)), "/proc/self/coredump_filter");
}

}  // namespace

Result<void> protect_process() {
  ::umask(077);
  VMCRED_TRY(limit_core_dumps());
  // Undumpable processes may not open their own files in /proc unless they are root's: a second call finds it
  // done.
  if (::prctl(PR_GET_DUMPABLE) == 0) return {};
  VMCRED_TRY(keep_memory_out_of_core_dumps());
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return base::errno_error("make the process undumpable");
  return {};
}

}  // namespace vmcred::secret
