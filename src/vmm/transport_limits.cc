// SPDX-License-Identifier: Apache-2.0
#include "vmm/transport_limits.h"

#include <algorithm>

#include "credential/credential.h"
#include "smbios/type11.h"
#include "vmm/capability.h"
#include "vmm/qemu_credentials.h"

namespace vmcred::vmm {
namespace {

using config::GuestSystemd;
using config::Transport;

constexpr std::size_t k_fw_cfg_name_bytes = 55 - k_fw_cfg_directory.size();
constexpr std::size_t k_fw_cfg_most_items = 512;

// From 254 on systemd keeps credentials on a tmpfs of 1 MiB, so every started page counts.
constexpr int k_first_systemd_on_tmpfs = 254;

// What is known of the guest's systemd leaves room for such a version.
bool may_be_systemd_before(const GuestSystemd& systemd, int version) {
  return systemd.kind == GuestSystemd::Kind::unknown ||
         (systemd.kind == GuestSystemd::Kind::version && systemd.version < version);
}

bool may_be_systemd_from(const GuestSystemd& systemd, int version) {
  return systemd.kind == GuestSystemd::Kind::unknown ||
         (systemd.kind == GuestSystemd::Kind::version && systemd.version >= version);
}

// What the VMM's own structures take of the table: fixed ones, and one memory device for each 16 GiB.
std::size_t own_structures_bytes(const config::VirtualMachine& vm) {
  constexpr std::size_t k_fixed = 1024;
  constexpr std::size_t k_per_memory_device = 160;
  constexpr std::uint64_t k_memory_device_mib = 16 * 1024;
  const std::uint64_t most_mib = vm.mem_mib + vm.hotplug_mem_mib;
  return k_fixed + k_per_memory_device * static_cast<std::size_t>(most_mib / k_memory_device_mib + 1);
}

SmbiosLimits smbios_limits(const config::VirtualMachine& vm, const TransportOffer& offered) {
  const std::size_t taken = own_structures_bytes(vm) + smbios::oem_structure_size(1, 1);
  const std::size_t total = taken > offered.bytes ? 0 : offered.bytes - own_structures_bytes(vm);
  const bool one_page = may_be_systemd_before(vm.guest_systemd, k_first_systemd_past_one_page);
  return {.structure_bytes = one_page ? std::min(k_page_bytes, total) : total,
          .total_bytes = total,
          .most_structures = offered.structures};
}

}  // namespace

TransportLimits transport_limits(const config::VirtualMachine& vm) {
  const auto allowed = [&](Transport transport) -> const TransportOffer* {
    const bool asked = vm.transport == Transport::automatic || vm.transport == transport;
    return asked ? offer(capability_of(vm), transport) : nullptr;
  };
  TransportLimits limits{.smbios = std::nullopt,
                         .fw_cfg = std::nullopt,
                         .credential_bytes = credential::k_max_credential_bytes,
                         .total_bytes = credential::k_max_total_bytes,
                         .memory_pages = std::nullopt};
  if (const auto* offered = allowed(Transport::smbios)) {
    // With terabytes of memory the VMM's own structures leave no room in the table.
    const SmbiosLimits smbios = smbios_limits(vm, *offered);
    if (smbios.total_bytes > 0) limits.smbios = smbios;
  }
  if (const auto* offered = allowed(Transport::fw_cfg))
    limits.fw_cfg = FwCfgLimits{.name_bytes = k_fw_cfg_name_bytes,
                                .default_items = offered->items,
                                .most_items = k_fw_cfg_most_items};
  if (may_be_systemd_from(vm.guest_systemd, k_first_systemd_on_tmpfs))
    limits.memory_pages = credential::k_max_total_bytes / k_page_bytes;
  return limits;
}

}  // namespace vmcred::vmm
