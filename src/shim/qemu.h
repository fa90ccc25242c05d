// SPDX-License-Identifier: Apache-2.0
// What QEMU's command line has besides an initrd and kernel parameters: SMBIOS and fw_cfg.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "shim/dialect.h"

namespace vmcred::shim {

// A file from which QEMU takes a credential. QEMU reads it, unless the credentials go in the initrd: beside
// those, systemd takes none of the firmware's.
struct CredentialFile {
  std::string path;
  std::string name;  // "" where the file holds an OEM string, which may be anything
};
std::vector<CredentialFile> credential_files(std::span<const std::string> words);

// A plan with SMBIOS structures and fw_cfg items, as `vmcred vm run` makes them. A `credential` error where
// this machine can't carry the set whole.
base::Result<vmm::LaunchPlan> plan_with_firmware(const StrippedLine& line, Outlines outlines);

}  // namespace vmcred::shim
