// SPDX-License-Identifier: Apache-2.0
// What one VM's machine and guest can take of credentials. docs/limits.md tells where each number comes from.
#pragma once

#include <cstddef>
#include <optional>

#include "config/model.h"

namespace vmcred::vmm {

// fw_cfg items are named "opt/io.systemd.credentials/NAME" and hold the raw value.
struct FwCfgLimits {
  std::size_t name_bytes;     // of NAME: QEMU takes 55 for the whole
  std::size_t default_items;  // free slots without asking for more; one too many aborts QEMU with a core dump
  std::size_t most_items;     // with x-file-slots
};

// Type 11 structures. Both limits count headers and terminators.
struct SmbiosLimits {
  std::size_t structure_bytes;
  std::size_t total_bytes;
  std::size_t most_structures = 0;  // 0: any number
};

// What one VM can take, after all that is known of its machine and its guest.
struct TransportLimits {
  std::optional<SmbiosLimits> smbios;
  std::optional<FwCfgLimits> fw_cfg;
  std::size_t credential_bytes;             // each
  std::size_t total_bytes;                  // all together
  std::optional<std::size_t> memory_pages;  // where the guest keeps them on a tmpfs of fixed size
};

inline constexpr std::size_t k_page_bytes = 4096;

// systemd before it reads one page of each SMBIOS structure and drops the rest in silence.
inline constexpr int k_first_systemd_past_one_page = 257;

TransportLimits transport_limits(const config::VirtualMachine& vm);

}  // namespace vmcred::vmm
