// SPDX-License-Identifier: Apache-2.0
// Where a hypervisor leaves credentials for a guest, read in the order of systemd's PID 1
// (core/import-creds.c): QEMU's fw_cfg, then SMBIOS type 11. Of two credentials with one name the first
// counts.
#pragma once

#include <string>

#include "base/result.h"
#include "credential/credential.h"
#include "guest/commands.h"

namespace vmcred::guest {

struct Collected {
  credential::CredentialSet credentials;  // in the order of the sources
  std::size_t total_bytes = 0;
  std::size_t skipped = 0;
};

// Reads all sources below `sysfs` ("/sys"). What PID 1 would skip (a bad name, a bad encoding, too large) is
// skipped with a warning that quotes nothing but names. Fails where sysfs is not there or locked memory is
// not to be had.
base::Result<Collected> collect_credentials(const std::string& sysfs, const command::Streams& streams);

}  // namespace vmcred::guest
