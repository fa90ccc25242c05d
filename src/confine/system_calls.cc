// SPDX-License-Identifier: Apache-2.0
#include "confine/system_calls.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::confine {
namespace {

using base::Result;
using base::UniqueFd;

constexpr const char* k_filter_subject = "a filter for system calls";

// The number is for a libseccomp that does not know the name yet; since Linux 5.1 it is the same everywhere.
struct DeniedCall {
  const char* name;
  int number = 0;
};

constexpr DeniedCall k_denied_always[] = {
    // the kernel, its modules, its clock, its log and its name
    {"acct"},
    {"adjtimex"},
    {"clock_adjtime"},
    {"clock_adjtime64"},
    {"clock_settime"},
    {"clock_settime64"},
    {"create_module"},
    {"delete_module"},
    {"finit_module"},
    {"init_module"},
    {"ioperm"},
    {"iopl"},
    {"kexec_file_load"},
    {"kexec_load"},
    {"lookup_dcookie"},
    {"nfsservctl"},
    {"quotactl"},
    {"quotactl_fd", 443},
    {"reboot"},
    {"setdomainname"},
    {"sethostname"},
    {"settimeofday"},
    {"stime"},
    {"swapoff"},
    {"swapon"},
    {"syslog"},
    {"uselib"},
    {"vhangup"},
    // what much of the kernel's code hangs on, and hardly a program
    {"bpf"},
    {"modify_ldt"},
    {"perf_event_open"},
    {"userfaultfd"},
    {"vm86"},
    {"vm86old"},
    // keyrings belong to a user, not to a process
    {"add_key"},
    {"keyctl"},
    {"request_key"},
    // other processes
    {"kcmp"},
    {"migrate_pages"},
    {"move_pages"},
    {"pidfd_getfd", 438},
    {"process_vm_readv"},
    {"process_vm_writev"},
    {"ptrace"},
    // files by number instead of by name
    {"fanotify_init"},
    {"open_by_handle_at"},
};

constexpr DeniedCall k_denied_io_uring[] = {
    {"io_uring_enter", 426}, {"io_uring_register", 427}, {"io_uring_setup", 425}};

constexpr DeniedCall k_denied_mounts[] = {{"chroot"},
                                          {"fsconfig", 431},
                                          {"fsmount", 432},
                                          {"fsopen", 430},
                                          {"fspick", 433},
                                          {"mount"},
                                          {"mount_setattr", 442},
                                          {"move_mount", 429},
                                          {"open_tree", 428},
                                          {"open_tree_attr", 467},
                                          {"pivot_root"},
                                          {"setns"},
                                          {"umount"},
                                          {"umount2"}};

// The newest that this list has been held against: file_setattr.
constexpr unsigned k_last_known_call = 469;

constexpr unsigned long k_namespace_flags[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                               CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET, 0x80 /* time */};

// The kernel takes these arguments as 32 bits, whatever is in the upper half of the register.
constexpr scmp_datum_t k_low_half = 0xFFFFFFFF;

// Collects the first failure of many rules.
class RuleSet {
 public:
  explicit RuleSet(scmp_filter_ctx context) : m_context(context) {}

  void deny(const DeniedCall& call, int error = EPERM) {
    int number = ::seccomp_syscall_resolve_name(call.name);
    if (number == __NR_SCMP_ERROR && call.number != 0) number = call.number;
    // Negative: another machine's call, which this one does not have.
    if (number >= 0)
      keep(::seccomp_rule_add_array(m_context, SCMP_ACT_ERRNO(unsigned(error)), number, 0, nullptr));
  }

  void deny(std::span<const DeniedCall> calls) {
    for (const DeniedCall& call : calls) deny(call);
  }

  void deny_where(int number, const scmp_arg_cmp& comparison, int error = EPERM) {
    keep(::seccomp_rule_add_array(m_context, SCMP_ACT_ERRNO(unsigned(error)), number, 1, &comparison));
  }

  int failure() const { return m_failure; }

 private:
  void keep(int failure) {
    if (m_failure == 0) m_failure = failure;
  }

  scmp_filter_ctx m_context;
  int m_failure = 0;
};

scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t bits) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = bits};
}

scmp_arg_cmp is_exactly(unsigned argument, scmp_datum_t value) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = k_low_half, .datum_b = value};
}

void deny_namespaces(RuleSet& rules) {
  rules.deny(k_denied_mounts);
  for (const unsigned long flag : k_namespace_flags) {
    rules.deny_where(SCMP_SYS(unshare), has_bits(0, flag));
    // In clone(), the bit of time namespaces belongs to the signal's number.
    if (flag != 0x80) rules.deny_where(SCMP_SYS(clone), has_bits(0, flag));
  }
  // Its flags are in memory, where no filter can look; without it programs take clone().
  rules.deny({"clone3", 435}, ENOSYS);
}

void deny_terminal_tricks(RuleSet& rules) {
  rules.deny_where(SCMP_SYS(ioctl), is_exactly(1, TIOCSTI));
  rules.deny_where(SCMP_SYS(ioctl), is_exactly(1, TIOCLINUX));
}

void deny_families(RuleSet& rules, const std::vector<int>& allowed) {
  for (int family = 0; family < AF_MAX; ++family) {
    if (std::ranges::find(allowed, family) != allowed.end()) continue;
    rules.deny_where(SCMP_SYS(socket), is_exactly(0, scmp_datum_t(family)), EAFNOSUPPORT);
    rules.deny_where(SCMP_SYS(socketpair), is_exactly(0, scmp_datum_t(family)), EAFNOSUPPORT);
  }
}

int add_rules(scmp_filter_ctx context, const SystemCallRules& rules) {
  RuleSet set(context);
  set.deny(k_denied_always);
  if (!rules.io_uring) set.deny(k_denied_io_uring);
  if (!rules.namespaces) deny_namespaces(set);
  deny_terminal_tricks(set);
  if (rules.socket_families) deny_families(set, *rules.socket_families);
  // Other execution domains are little used code of the kernel.
  set.deny_where(SCMP_SYS(personality), {.arg = 0, .op = SCMP_CMP_NE, .datum_a = 0, .datum_b = 0});
  return set.failure();
}

// In front of libseccomp's own: calls that are newer than we know fail as on an older kernel.
std::vector<sock_filter> refusal_of_newer_calls() {
  return {{.code = BPF_LD | BPF_W | BPF_ABS, .jt = 0, .jf = 0, .k = offsetof(seccomp_data, nr)},
          {.code = BPF_JMP | BPF_JGT | BPF_K, .jt = 0, .jf = 1, .k = k_last_known_call},
          {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = SECCOMP_RET_ERRNO | ENOSYS}};
}

Result<UniqueFd> new_memory_file() {
  UniqueFd file(::memfd_create("system-calls", MFD_CLOEXEC));
  if (!file.valid()) return base::errno_error(k_filter_subject);
  return file;
}

Result<std::vector<sock_filter>> compiled(scmp_filter_ctx context) {
  VMCRED_TRY_ASSIGN(const UniqueFd file, new_memory_file());
  if (const int failure = ::seccomp_export_bpf(context, file.get()); failure != 0)
    return base::errno_error(k_filter_subject, -failure);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return base::errno_error(k_filter_subject);
  std::vector<sock_filter> program = refusal_of_newer_calls();
  const std::size_t ours = program.size();
  program.resize(ours + static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
  const auto rest = std::as_writable_bytes(std::span(program).subspan(ours));
  VMCRED_TRY_ASSIGN(const std::size_t size, base::read_up_to(file.get(), rest, k_filter_subject));
  if (size != rest.size()) return base::errno_error(k_filter_subject, EIO);
  return program;
}

}  // namespace

Result<SystemCallFilter> SystemCallFilter::make(const SystemCallRules& rules) {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> context(::seccomp_init(SCMP_ACT_ALLOW),
                                                                 ::seccomp_release);
  if (context == nullptr)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = "libseccomp knows no filter for the system calls of this machine",
                       .hint = "programs that are not ours can't be confined here"};
  // A search tree, for what each call costs.
  static_cast<void>(::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
  if (const int failure = add_rules(context.get(), rules); failure != 0)
    return base::errno_error(k_filter_subject, -failure);
  VMCRED_TRY_ASSIGN(auto program, compiled(context.get()));
  return SystemCallFilter(std::move(program));
}

int SystemCallFilter::apply() const {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  const sock_fprog program{.len = static_cast<unsigned short>(m_program.size()),
                           .filter = const_cast<sock_filter*>(m_program.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : errno;
}

Result<UniqueFd> SystemCallFilter::file() const {
  VMCRED_TRY_ASSIGN(UniqueFd file, new_memory_file());
  VMCRED_TRY(base::write_all(file.get(), std::as_bytes(std::span(m_program)), k_filter_subject));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return base::errno_error(k_filter_subject);
  return file;
}

}  // namespace vmcred::confine
