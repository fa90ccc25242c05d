// SPDX-License-Identifier: Apache-2.0
// A whole set of credentials as one text of bytes, for the ways that carry a file: an initrd, a virtio socket
// or port, a metadata service. docs/formats/archive.md has the grammar.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "credential/credential.h"

namespace vmcred::credential {

// What a reader takes at most where the length comes from somebody else: more than any set needs that systemd
// takes.
inline constexpr std::size_t k_max_archive_bytes = 4UL * 1024 * 1024;

// The archive's size, which depends on names and sizes only: a launch is planned before secrets are read.
struct ArchivedOutline {
  const CredentialName* name;
  std::size_t size;
};
std::size_t archive_size(std::span<const ArchivedOutline> outlines);

// The outlines of a set, which must outlive them.
std::vector<ArchivedOutline> archived_outlines(std::span<const Credential> set);

// Writes the archive; `out` must have exactly archive_size() bytes.
void write_archive(std::span<const Credential> set, std::span<std::byte> out);

// Reads an archive, to its last byte. Fails with a `credential` error that quotes no value: a wrong mark or
// version, a bad or repeated name, a value larger than systemd takes, an archive that is cut or goes on.
base::Result<CredentialSet> read_archive(std::span<const std::byte> bytes);

}  // namespace vmcred::credential
