// SPDX-License-Identifier: Apache-2.0
// Blobs of systemd-creds: a secret that only this host, or its TPM, can open.
#pragma once

#include <string>

#include "base/result.h"
#include "credential/name.h"
#include "crypto/bytes.h"

namespace vmcred::cli {

// Has systemd-creds encrypt the value as `name`, with the key that `key` names to it ("host", "tpm2",
// "host+tpm2"; "" leaves the choice to it). The value goes through a pipe. Gives base64 text. Fails with a
// `host` error where there is no systemd-creds or it fails; its own words are on standard error.
base::Result<std::string> encrypt_for_host(const credential::CredentialName& name, crypto::Bytes value,
                                           const std::string& key);

}  // namespace vmcred::cli
