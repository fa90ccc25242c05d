// SPDX-License-Identifier: Apache-2.0
#include "vmm/capability.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/load.h"
#include "credential/credential.h"
#include "smbios/type11.h"

namespace vmcred::vmm {
namespace {

using config::GuestSystemd;
using config::Hypervisor;
using config::Machine;

struct Capability {
  Hypervisor hypervisor;
  Machine machine;
  bool smbios;
  std::size_t fw_cfg_items;  // free slots in QEMU 7.2 to 10.0, the smaller figure; 0: no fw_cfg
};

// -M microvm accepts -smbios and ignores it without a word, up to QEMU 10.0.
constexpr std::array k_capabilities = {
    Capability{.hypervisor = Hypervisor::qemu, .machine = Machine::q35, .smbios = true, .fw_cfg_items = 15},
    Capability{.hypervisor = Hypervisor::qemu, .machine = Machine::pc, .smbios = true, .fw_cfg_items = 18},
    Capability{
        .hypervisor = Hypervisor::qemu, .machine = Machine::microvm, .smbios = false, .fw_cfg_items = 22},
};

constexpr std::size_t k_fw_cfg_name_bytes = 55 - sizeof("opt/io.systemd.credentials/") + 1;
constexpr std::size_t k_fw_cfg_most_items = 512;

// Above 65,535 bytes QEMU, SeaBIOS and Linux each fail in a way of their own, most of them in silence.
constexpr std::size_t k_smbios_table_bytes = 64'000;

// systemd before 257 reads one page of each structure and drops the rest in silence.
constexpr int k_first_systemd_past_one_page = 257;
constexpr std::size_t k_smbios_page_bytes = 4096;

// From 254 on systemd keeps credentials on a tmpfs of 1 MiB, so every started page counts.
constexpr int k_first_systemd_on_tmpfs = 254;

// What QEMU's own structures take of the table: fixed ones, and one memory device for each 16 GiB.
std::size_t own_structures_bytes(const config::VirtualMachine& vm) {
  constexpr std::size_t k_fixed = 1024;
  constexpr std::size_t k_per_memory_device = 160;
  constexpr std::uint64_t k_memory_device_mib = 16 * 1024;
  return k_fixed + k_per_memory_device * static_cast<std::size_t>(vm.mem_mib / k_memory_device_mib + 1);
}

bool may_be_systemd_before(const GuestSystemd& systemd, int version) {
  return systemd.kind == GuestSystemd::Kind::unknown ||
         (systemd.kind == GuestSystemd::Kind::version && systemd.version < version);
}

bool may_be_systemd_from(const GuestSystemd& systemd, int version) {
  return systemd.kind == GuestSystemd::Kind::unknown ||
         (systemd.kind == GuestSystemd::Kind::version && systemd.version >= version);
}

SmbiosLimits smbios_limits(const config::VirtualMachine& vm) {
  const std::size_t taken = own_structures_bytes(vm) + smbios::oem_structure_size(1, 1);
  const std::size_t total =
      taken > k_smbios_table_bytes ? 0 : k_smbios_table_bytes - own_structures_bytes(vm);
  const bool one_page = may_be_systemd_before(vm.guest_systemd, k_first_systemd_past_one_page);
  return {.structure_bytes = one_page ? std::min(k_smbios_page_bytes, total) : total, .total_bytes = total};
}

}  // namespace

base::Result<TransportLimits> transport_limits(const config::VirtualMachine& vm) {
  const auto* row =
      std::find_if(k_capabilities.begin(), k_capabilities.end(), [&](const Capability& candidate) {
        return candidate.hypervisor == vm.hypervisor && candidate.machine == vm.machine;
      });
  if (row == k_capabilities.end())
    return base::Error{
        .kind = base::ErrorKind::not_yet,
        .what = base::concat("vm ", base::quoted(vm.name), ": hypervisor ",
                             base::quoted(config::spelling(vm.hypervisor)), " is not yet supported"),
        .hint = "set hypervisor = \"qemu\""};

  TransportLimits limits{.smbios = std::nullopt,
                         .fw_cfg = std::nullopt,
                         .credential_bytes = credential::k_max_credential_bytes,
                         .total_bytes = credential::k_max_total_bytes,
                         .memory_pages = std::nullopt};
  // With terabytes of memory QEMU's own structures leave no room in the table.
  const SmbiosLimits smbios = smbios_limits(vm);
  if (row->smbios && vm.transport != config::Transport::fw_cfg && smbios.total_bytes > 0)
    limits.smbios = smbios;
  if (row->fw_cfg_items > 0 && vm.transport != config::Transport::smbios)
    limits.fw_cfg = FwCfgLimits{.name_bytes = k_fw_cfg_name_bytes,
                                .default_items = row->fw_cfg_items,
                                .most_items = k_fw_cfg_most_items};
  if (may_be_systemd_from(vm.guest_systemd, k_first_systemd_on_tmpfs))
    limits.memory_pages = credential::k_max_total_bytes / k_page_bytes;
  return limits;
}

}  // namespace vmcred::vmm
