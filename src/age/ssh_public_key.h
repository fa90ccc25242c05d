// SPDX-License-Identifier: Apache-2.0
// SSH public keys of the two types that age knows. Source: RFC 4253, section 6.6 (ssh-rsa), RFC 8709
// (ssh-ed25519).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/ed25519.h"
#include "crypto/rsa_oaep.h"

namespace vmcred::age {

inline constexpr std::string_view k_ssh_ed25519 = "ssh-ed25519";
inline constexpr std::string_view k_ssh_rsa = "ssh-rsa";

struct SshEd25519PublicKey {
  crypto::Ed25519PublicKey point;
  crypto::X25519Point montgomery;  // the same point as X25519 has it

  bool operator==(const SshEd25519PublicKey&) const = default;
};

struct SshPublicKey {
  std::variant<SshEd25519PublicKey, crypto::RsaPublicKey> key;
  std::vector<std::byte> blob;  // the key in SSH's wire format

  std::string_view type() const;
  std::string tag() const;   // how a stanza names it: base64 of the first four bytes of the blob's SHA-256
  std::string text() const;  // "ssh-ed25519 AAAA…"

  bool operator==(const SshPublicKey& other) const { return blob == other.blob; }
};

// From the wire format. Fails with a `config` error where it is malformed, or a key of another type, which is
// named; with a `refused` one for RSA keys of fewer than 2048 bits.
base::Result<SshPublicKey> parse_ssh_public_blob(crypto::Bytes blob);

// From a line of a .pub file: type, base64 and a comment that is dropped. Fails likewise.
base::Result<SshPublicKey> parse_ssh_public_line(std::string_view line);

// Of numbers from elsewhere. Fails as parse_ssh_public_blob().
base::Result<SshPublicKey> ssh_public_key_of(const crypto::RsaPublicKey& key);

}  // namespace vmcred::age
