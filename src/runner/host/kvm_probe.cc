// SPDX-License-Identifier: Apache-2.0
#include "runner/host/kvm_probe.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using Clock = std::chrono::steady_clock;

constexpr auto k_slowest = std::chrono::milliseconds(100);
constexpr int k_attempts = 3;
constexpr unsigned k_give_up_seconds = 1;

// What the child says through its exit status.
enum class Outcome : int { fast = 0, slow = 1, failed = 2 };

// Guest-physical layout: page tables from 0x1000 (one 2 MiB page mapped onto itself), code at 0x8000.
constexpr std::uint64_t k_memory_bytes = 2UL * 1024 * 1024;
constexpr std::uint64_t k_page_map = 0x1000;
constexpr std::uint64_t k_page_directory_pointers = 0x2000;
constexpr std::uint64_t k_page_directory = 0x3000;
constexpr std::uint64_t k_code_address = 0x8000;

// Intel SDM volume 3, 4.5 (paging entries) and 2.5 (control registers).
constexpr std::uint64_t k_present_writable = 0x3;
constexpr std::uint64_t k_large_page = 0x80;
constexpr std::uint64_t k_cr0_protection_and_paging = (1UL << 31) | 1;
constexpr std::uint64_t k_cr4_physical_address_extension = 1UL << 5;
constexpr std::uint64_t k_efer_long_mode_enabled_and_active = (1UL << 8) | (1UL << 10);

constexpr std::array<std::uint8_t, 10> k_code = {
    0xb9, 0x40, 0x42, 0x0f, 0x00,  // mov ecx, 1000000
    0xff, 0xc9,                    // again: dec ecx
    0x75, 0xfc,                    // jnz again
    0xf4,                          // hlt
};

void write_guest_memory(std::uint8_t* memory) {
  const auto put = [&](std::uint64_t address, std::uint64_t entry) {
    std::memcpy(memory + address, &entry, sizeof entry);
  };
  put(k_page_map, k_page_directory_pointers | k_present_writable);
  put(k_page_directory_pointers, k_page_directory | k_present_writable);
  put(k_page_directory, k_present_writable | k_large_page);
  std::copy(k_code.begin(), k_code.end(), memory + k_code_address);
}

bool enter_long_mode(int vcpu) {
  kvm_sregs special{};
  if (::ioctl(vcpu, KVM_GET_SREGS, &special) != 0) return false;
  special.cr3 = k_page_map;
  special.cr4 = k_cr4_physical_address_extension;
  special.cr0 = k_cr0_protection_and_paging;
  special.efer = k_efer_long_mode_enabled_and_active;
  kvm_segment code{};
  code.limit = 0xffffffff;
  code.selector = 8;
  code.type = 11;  // execute, read, accessed
  code.present = code.s = code.l = code.g = 1;
  kvm_segment data = code;
  data.selector = 16;
  data.type = 3;  // read, write, accessed
  data.l = 0;
  special.cs = code;
  special.ds = special.es = special.fs = special.gs = special.ss = data;
  if (::ioctl(vcpu, KVM_SET_SREGS, &special) != 0) return false;
  kvm_regs registers{};
  registers.rip = k_code_address;
  registers.rflags = 2;  // the bit that is always set
  return ::ioctl(vcpu, KVM_SET_REGS, &registers) == 0;
}

Outcome run_loop(int kvm) {
  const UniqueFd vm(::ioctl(kvm, KVM_CREATE_VM, 0));
  if (!vm.valid()) return Outcome::failed;
  void* memory = ::mmap(nullptr, k_memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Outcome::failed;
  write_guest_memory(static_cast<std::uint8_t*>(memory));
  kvm_userspace_memory_region region{};
  region.memory_size = k_memory_bytes;
  region.userspace_addr = reinterpret_cast<std::uint64_t>(memory);
  if (::ioctl(vm.get(), KVM_SET_USER_MEMORY_REGION, &region) != 0) return Outcome::failed;

  const UniqueFd vcpu(::ioctl(vm.get(), KVM_CREATE_VCPU, 0));
  const int run_bytes = ::ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  if (!vcpu.valid() || run_bytes <= 0) return Outcome::failed;
  void* shared =
      ::mmap(nullptr, static_cast<std::size_t>(run_bytes), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu.get(), 0);
  if (shared == MAP_FAILED) return Outcome::failed;
  const auto* run = static_cast<const kvm_run*>(shared);

  // The best of a few, since a busy host can delay any single one.
  for (int attempt = 0; attempt < k_attempts; ++attempt) {
    if (!enter_long_mode(vcpu.get())) return Outcome::failed;
    const auto start = Clock::now();
    if (::ioctl(vcpu.get(), KVM_RUN, 0) != 0 || run->exit_reason != KVM_EXIT_HLT) return Outcome::failed;
    if (Clock::now() - start <= k_slowest) return Outcome::fast;
  }
  return Outcome::slow;
}

KvmVerdict verdict_of(int wait_status) {
  if (!WIFEXITED(wait_status))
    return {false, base::concat("guest code did not finish within ", k_give_up_seconds, " s")};
  switch (Outcome{WEXITSTATUS(wait_status)}) {
    case Outcome::fast:
      return {true, ""};
    case Outcome::slow:
      return {false, base::concat("1,000,000 rounds of a guest loop took over ", k_slowest.count(), " ms")};
    case Outcome::failed:
      break;
  }
  return {false, "it could not run a small guest"};
}

}  // namespace

KvmVerdict probe_kvm() {
  const UniqueFd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (!kvm.valid()) return {false, base::concat("/dev/kvm: ", base::errno_text(errno))};
  if (::ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION) return {false, "its version is not 12"};

  const pid_t child = ::fork();
  if (child < 0) return {false, base::concat("fork: ", base::errno_text(errno))};
  if (child == 0) {
    ::alarm(k_give_up_seconds);
    ::_exit(static_cast<int>(run_loop(kvm.get())));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return verdict_of(status);
}

}  // namespace vmcred::runner
