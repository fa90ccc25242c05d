// SPDX-License-Identifier: Apache-2.0
// Which credential crosses by which transport.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "vmm/outline.h"
#include "vmm/transport_limits.h"

namespace vmcred::vmm {

// Indexes into the outlines that were assigned; each index stands exactly once.
struct Assignment {
  std::vector<std::vector<std::size_t>> smbios_structures;  // one type 11 structure each
  std::vector<std::size_t> fw_cfg_items;                    // one item each
};

// SMBIOS comes first: the guest reads it from memory, while fw_cfg crosses a port byte by byte. A credential
// whose string does not fit one structure, or that finds the table full, goes by fw_cfg; a name too long for
// fw_cfg has SMBIOS alone. Small strings share a structure: each structure costs a descriptor here and a
// sysfs entry there. Fails with `credential` errors, one for each credential that no transport can carry
// whole, or with one for a set that is too large; nothing is left out or cut.
base::Result<Assignment> assign_transports(std::span<const CredentialOutline> outlines,
                                           const TransportLimits& limits);

// What holds for every transport: no credential and no set larger than the guest takes.
base::Result<void> check_sizes(std::span<const CredentialOutline> outlines, const TransportLimits& limits);

}  // namespace vmcred::vmm
