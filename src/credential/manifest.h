// SPDX-License-Identifier: Apache-2.0
// What the host tells the guest to expect: the names, sizes and keyed digests of all credentials of one
// start, itself sent as the credential "vmcred.manifest". docs/formats/manifest.md has the grammar.
//
// The digest is BLAKE2b (RFC 7693) with 32 bytes of output and a random 32-byte key made for this start, so
// that it tells nothing about a secret to whoever sees it without the key, nor across starts.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "credential/credential.h"

namespace vmcred::credential {

using ManifestDigest = std::array<std::byte, 32>;

struct ManifestEntry {
  CredentialName name;
  std::size_t size;
  ManifestDigest digest;
};

class Manifest {
 public:
  // The text of a manifest for `set`, with a fresh key, in a locked buffer.
  static base::Result<secret::SecretBuffer> make(std::span<const Credential> set);

  // The length of that text, which depends on names and sizes only: a launch is planned before secrets are
  // read.
  struct Outline {
    const CredentialName* name;
    std::size_t size;
  };
  static std::size_t text_size(std::span<const Outline> outlines);

  // Reads a manifest's text. Fails with a verify error that names the line, never its content.
  static base::Result<Manifest> parse(std::span<const std::byte> text);

  const std::vector<ManifestEntry>& entries() const { return m_entries; }

  // Is `value` what the entry announced? Takes time that depends on the size only.
  bool matches(const ManifestEntry& entry, std::span<const std::byte> value) const;

 private:
  Manifest() = default;

  secret::SecretBuffer m_key;
  std::vector<ManifestEntry> m_entries;
};

}  // namespace vmcred::credential
