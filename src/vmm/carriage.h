// SPDX-License-Identifier: Apache-2.0
// How one VM's set crosses: all of it by one transport, but for SMBIOS and fw_cfg, which share it.
#pragma once

#include <span>

#include "base/result.h"
#include "config/model.h"
#include "vmm/assignment.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

struct Carriage {
  config::Transport transport;  // never automatic; smbios where SMBIOS, fw_cfg or both carry something
  Assignment assignment;        // of those two
};

// The VM's own transport, or the first of its hypervisor's that carries the set whole. Fails with
// `credential` errors where none does, and with a `config` error where the initrd would and there is none.
base::Result<Carriage> choose_carriage(const config::VirtualMachine& vm,
                                       std::span<const CredentialOutline> outlines);

// As choose_carriage() where SMBIOS turns out to be too small after all.
base::Result<Carriage> carry_by_initrd(const config::VirtualMachine& vm,
                                       std::span<const CredentialOutline> outlines);

// The guest fetches its credentials when it is up already: then what PID 1 must know earlier has to be on the
// kernel's command line.
bool is_fetched(config::Transport transport);

// Before any plan: a guest fetches only where its config or its hypervisor says so.
bool is_fetched(const config::VirtualMachine& vm);

}  // namespace vmcred::vmm
