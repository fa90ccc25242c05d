// SPDX-License-Identifier: Apache-2.0
// A secret in a file of systemd-creds, for a VM that is started by hand: under systemd, PID 1 has opened it.
#pragma once

#include <string>

#include "base/result.h"
#include "credential/name.h"
#include "secret/buffer.h"

namespace vmcred::runner {

// Has systemd-creds open the file, with this host's key or TPM, straight into locked memory. `name` is what
// the file must say that it is. Fails with a `host` error where there is no systemd-creds, and with a
// `credential` error where the file is missing, is not for this host, or says another name.
base::Result<secret::SecretBuffer> read_encrypted_secret(const std::string& path,
                                                         const credential::CredentialName& name);

}  // namespace vmcred::runner
