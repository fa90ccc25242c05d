// SPDX-License-Identifier: Apache-2.0
// A credential as an SMBIOS OEM string, as systemd's PID 1 reads it (smbios-type-11(7)):
//
//   io.systemd.credential:NAME=TEXT
//   io.systemd.credential.binary:NAME=BASE64
//
// We write the binary form only: it carries every byte.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "credential/credential.h"

namespace vmcred::credential {

// The length of the string for a value of `value_size` bytes.
std::size_t oem_string_length(const CredentialName& name, std::size_t value_size);

// Writes the string; `out` must have exactly oem_string_length() bytes.
void write_oem_string(const Credential& credential, std::span<std::byte> out);

// Reads a string of either form. Nothing if it is none of systemd's credential strings; an error if it is one
// that systemd would refuse (bad name, no '=', bad base64).
base::Result<std::optional<Credential>> read_oem_string(std::span<const std::byte> text);

}  // namespace vmcred::credential
