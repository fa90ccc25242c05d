// SPDX-License-Identifier: Apache-2.0
// The options by which QEMU takes credentials for the firmware's tables, as they stand on every command line
// of ours. Nothing here fails.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vmm/assignment.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// Where systemd looks in fw_cfg; the credential's name follows.
inline constexpr std::string_view k_fw_cfg_directory = "opt/io.systemd.credentials/";

struct QemuCredentialOption {
  std::string option;  // "-smbios"
  std::string text;    // of its value, at the end of which the file's path goes
  PlannedFile file;
};

// All that the assignment says, SMBIOS first.
std::vector<QemuCredentialOption> qemu_credential_options(std::span<const CredentialOutline> outlines,
                                                          const Assignment& assignment);

// What -global says where `items`, of everybody, are more than QEMU has slots for by default.
std::string fw_cfg_slots(std::size_t items);

}  // namespace vmcred::vmm
