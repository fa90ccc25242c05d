// SPDX-License-Identifier: Apache-2.0
#include "age/ssh_stanza.h"

#include <algorithm>
#include <array>
#include <optional>

#include "age/base64.h"
#include "age/failure.h"
#include "age/file_key.h"
#include "age/recipient.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "crypto/x25519.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::Result;
using crypto::k_x25519_bytes;
using crypto::X25519Point;
using secret::SecretBuffer;

constexpr std::string_view k_ed25519_label = "age-encryption.org/v1/ssh-ed25519";
constexpr std::string_view k_rsa_label = "age-encryption.org/v1/ssh-rsa";
constexpr std::size_t k_ssh_wrap_key_bytes = 32;

base::Error malformed_stanza(std::string_view type) {
  return failed(Failure::header, concat("malformed ", type, " stanza"));
}

// The number that the shared point is multiplied by, as X25519 takes it. It is no secret.
X25519Point tweak_of(const SshPublicKey& key) {
  X25519Point tweak;
  crypto::hkdf_sha256({}, key.blob, k_ed25519_label, tweak);
  return tweak;
}

// `scalar` and `peer` are the ephemeral scalar and the key's point, or the key's scalar and the ephemeral
// point. Nothing where the peer's point is of low order.
Result<std::optional<SecretBuffer>> wrap_key(const SshPublicKey& key, crypto::Bytes scalar,
                                             const X25519Point& peer, const X25519Point& share) {
  VMCRED_TRY_ASSIGN(auto shared, SecretBuffer::zeroed(k_x25519_bytes));
  VMCRED_TRY_ASSIGN(auto tweaked, SecretBuffer::zeroed(k_x25519_bytes));
  if (!crypto::x25519(scalar, peer, shared.writable_bytes()) ||
      !crypto::x25519(tweak_of(key), shared.bytes(), tweaked.writable_bytes()))
    return std::optional<SecretBuffer>();
  const auto& point = std::get<SshEd25519PublicKey>(key.key).montgomery;
  std::array<std::byte, 2 * k_x25519_bytes> salt;
  std::copy(point.begin(), point.end(), std::copy(share.begin(), share.end(), salt.begin()));
  VMCRED_TRY_ASSIGN(auto wrap_key, SecretBuffer::zeroed(k_ssh_wrap_key_bytes));
  crypto::hkdf_sha256(tweaked.bytes(), salt, k_ed25519_label, wrap_key.writable_bytes());
  return std::optional(std::move(wrap_key));
}

Result<Stanza> wrap(const SshPublicKey& key, const SshEd25519PublicKey& ed25519, crypto::Bytes file_key) {
  VMCRED_TRY_ASSIGN(auto ephemeral, SecretBuffer::zeroed(k_x25519_bytes));
  VMCRED_TRY(secret::fill_random(ephemeral.writable_bytes()));
  const X25519Point share = crypto::x25519_public(ephemeral.bytes());
  VMCRED_TRY_ASSIGN(const auto wrapping, wrap_key(key, ephemeral.bytes(), ed25519.montgomery, share));
  if (!wrapping)
    return base::Error{.kind = base::ErrorKind::config,
                       .what = concat(key.text(), " is a point of low order")};
  return Stanza{.type = std::string(k_ssh_ed25519),
                .arguments = {key.tag(), encode_base64(share)},
                .body = seal_file_key(wrapping->bytes(), file_key)};
}

Result<Stanza> wrap(const SshPublicKey& key, const crypto::RsaPublicKey& rsa, crypto::Bytes file_key) {
  VMCRED_TRY_ASSIGN(auto body, crypto::rsa_oaep_encrypt(rsa, k_rsa_label, file_key));
  return Stanza{.type = std::string(k_ssh_rsa), .arguments = {key.tag()}, .body = std::move(body)};
}

std::optional<X25519Point> share_of(const Stanza& stanza) {
  if (stanza.arguments.size() != 2) return std::nullopt;
  const auto bytes = decode_base64(stanza.arguments[1]);
  if (!bytes || bytes->size() != k_x25519_bytes) return std::nullopt;
  X25519Point share;
  std::copy(bytes->begin(), bytes->end(), share.begin());
  return share;
}

base::Error does_not_open(std::string_view type) {
  return failed(Failure::header, concat("the ", type, " stanza for our key does not open"));
}

Result<SecretBuffer> unwrap(const Stanza& stanza, const SshPublicKey& key,
                            const SshEd25519PrivateKey& ed25519) {
  const auto share = share_of(stanza);
  if (!share) return malformed_stanza(k_ssh_ed25519);
  VMCRED_TRY_ASSIGN(const auto wrapping, wrap_key(key, ed25519.scalar.bytes(), *share, *share));
  if (!wrapping) return malformed_stanza(k_ssh_ed25519);
  VMCRED_TRY_ASSIGN(auto file_key, open_file_key(wrapping->bytes(), stanza.body));
  if (!file_key) return does_not_open(k_ssh_ed25519);
  return *std::move(file_key);
}

Result<SecretBuffer> unwrap(const Stanza& stanza, const SshPublicKey&, const crypto::RsaPrivateKey& rsa) {
  auto file_key = crypto::rsa_oaep_decrypt(rsa, k_rsa_label, stanza.body);
  if (!file_key && file_key.error().kind != base::ErrorKind::credential) return file_key;
  if (!file_key || file_key->size() != k_file_key_bytes) return does_not_open(k_ssh_rsa);
  return file_key;
}

}  // namespace

Result<Stanza> wrap_for_ssh_key(const SshPublicKey& key, crypto::Bytes file_key) {
  return std::visit([&](const auto& part) { return wrap(key, part, file_key); }, key.key);
}

Result<bool> is_for_ssh_key(const Stanza& stanza, const SshPublicKey& key) {
  if (stanza.type != key.type()) return false;
  const bool well_formed =
      stanza.type == k_ssh_ed25519 ? share_of(stanza).has_value() : stanza.arguments.size() == 1;
  if (!well_formed) return malformed_stanza(stanza.type);
  return stanza.arguments[0] == key.tag();
}

Result<SecretBuffer> unwrap_with_ssh_key(const Stanza& stanza, const SshPrivateKey& key) {
  return std::visit([&](const auto& part) { return unwrap(stanza, key.public_key, part); }, key.key);
}

}  // namespace vmcred::age
