// SPDX-License-Identifier: Apache-2.0
#include "runner/host/accelerator.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <optional>
#include <string_view>

#include "base/file.h"
#include "base/text.h"
#include "runner/host/kvm_probe.h"

namespace vmcred::runner {
namespace {

using base::concat;
using config::Accelerator;

constexpr std::size_t k_max_memory_bytes = 4096;

// The boot and the kernel that a finding holds for.
std::string era() {
  const auto boot = base::read_text_file("/proc/sys/kernel/random/boot_id", 128);
  utsname kernel{};
  ::uname(&kernel);
  return concat(boot ? *boot : "unknown boot\n", static_cast<const char*>(kernel.release), "\n");
}

// The file says "ERA\nworks" or "ERA\nfails: REASON". Others must not be able to tell us what to believe.
std::optional<KvmVerdict> recall(const std::string& path) {
  const auto file = base::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status{};
  if (!file || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      (status.st_uid != ::geteuid() && status.st_uid != 0) || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return std::nullopt;
  std::string text(k_max_memory_bytes, '\0');
  const auto size = base::read_up_to(file->get(), std::as_writable_bytes(std::span(text)), path);
  if (!size) return std::nullopt;
  text.resize(*size);
  const std::string now = era();
  if (!text.starts_with(now)) return std::nullopt;
  constexpr std::string_view k_fails = "fails: ";
  const auto finding = std::string_view(text).substr(now.size());
  if (finding == "works") return KvmVerdict{.works = true, .reason = ""};
  if (finding.starts_with(k_fails))
    return KvmVerdict{.works = false, .reason = std::string(finding.substr(k_fails.size()))};
  return std::nullopt;
}

KvmVerdict recall_or_probe(const std::string& memory_directory) {
  const std::string path = concat(memory_directory, "/kvm");
  if (auto known = recall(path)) return *std::move(known);
  KvmVerdict verdict = probe_kvm();
  const std::string finding = verdict.works ? "works" : concat("fails: ", verdict.reason);
  // Best effort: a start that can't remember is slower, not wrong.
  static_cast<void>(base::write_text_file_atomically(path, concat(era(), finding), 0644));
  return verdict;
}

}  // namespace

base::Result<AcceleratorChoice> choose_accelerator(const config::VirtualMachine& vm,
                                                   const std::string& memory_directory) {
  if (vm.accelerator == Accelerator::tcg) return AcceleratorChoice{.kvm = false, .note = ""};
  const KvmVerdict verdict = recall_or_probe(memory_directory);
  if (verdict.works) return AcceleratorChoice{.kvm = true, .note = ""};
  if (vm.hypervisor != config::Hypervisor::qemu)
    return AcceleratorChoice{.kvm = true, .note = concat("this VM may be slow: ", verdict.reason)};
  if (vm.accelerator == Accelerator::kvm)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = concat("KVM does not work on this host: ", verdict.reason),
                       .hint = "set accelerator = \"auto\" to fall back to emulation"};
  return AcceleratorChoice{.kvm = false, .note = concat("no KVM, emulating instead: ", verdict.reason)};
}

bool may_open(const char* device) { return ::faccessat(AT_FDCWD, device, R_OK | W_OK, AT_EACCESS) == 0; }

}  // namespace vmcred::runner
