// SPDX-License-Identifier: Apache-2.0
#include "age/x25519_keys.h"

#include <algorithm>

#include "age/base64.h"
#include "age/bech32.h"
#include "age/failure.h"
#include "age/file_key.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "crypto/x25519.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using crypto::k_x25519_bytes;
using crypto::X25519Point;
using secret::SecretBuffer;

constexpr std::string_view k_stanza_type = "X25519";
constexpr std::string_view k_info = "age-encryption.org/v1/X25519";
constexpr std::string_view k_recipient_prefix = "age";
constexpr std::string_view k_identity_prefix = "AGE-SECRET-KEY-";
constexpr std::size_t k_x25519_wrap_key_bytes = 32;

// The key that both sides find: one knows the ephemeral scalar, the other the recipient's. Nothing where a
// point is of low order.
base::Result<std::optional<SecretBuffer>> wrap_key(crypto::Bytes scalar, crypto::Bytes peer,
                                                   const X25519Point& share, const X25519Point& recipient) {
  VMCRED_TRY_ASSIGN(auto shared, SecretBuffer::zeroed(k_x25519_bytes));
  if (!crypto::x25519(scalar, peer, shared.writable_bytes())) return std::optional<SecretBuffer>();
  std::array<std::byte, 2 * k_x25519_bytes> salt;
  std::copy(recipient.begin(), recipient.end(), std::copy(share.begin(), share.end(), salt.begin()));
  VMCRED_TRY_ASSIGN(auto key, SecretBuffer::zeroed(k_x25519_wrap_key_bytes));
  crypto::hkdf_sha256(shared.bytes(), salt, k_info, key.writable_bytes());
  return std::optional(std::move(key));
}

class X25519Recipient : public Recipient {
 public:
  explicit X25519Recipient(const X25519Point& point) : m_point(point) {}

  base::Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const override {
    VMCRED_TRY_ASSIGN(auto ephemeral, SecretBuffer::zeroed(k_x25519_bytes));
    VMCRED_TRY(secret::fill_random(ephemeral.writable_bytes()));
    const X25519Point share = crypto::x25519_public(ephemeral.bytes());
    VMCRED_TRY_ASSIGN(const auto key, wrap_key(ephemeral.bytes(), m_point, share, m_point));
    if (!key)
      return base::Error{
          .kind = base::ErrorKind::config,
          .what = base::concat("recipient ", text(), ": everybody could open what it is given")};
    std::vector<Stanza> stanzas(1);
    stanzas.front() = {.type = std::string(k_stanza_type),
                       .arguments = {encode_base64(share)},
                       .body = seal_file_key(key->bytes(), file_key)};
    return stanzas;
  }

  std::string text() const override { return encode_bech32(k_recipient_prefix, m_point); }

 private:
  X25519Point m_point;
};

class X25519Identity : public Identity {
 public:
  explicit X25519Identity(SecretBuffer scalar)
      : m_scalar(std::move(scalar)), m_point(crypto::x25519_public(m_scalar.bytes())) {}

  base::Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    for (const Stanza& stanza : stanzas)
      if (stanza.type == k_stanza_type) VMCRED_TRY(share_of(stanza));
    for (const Stanza& stanza : stanzas) {
      if (stanza.type != k_stanza_type) continue;
      VMCRED_TRY_ASSIGN(auto file_key, unwrap_one(stanza));
      if (file_key) return file_key;
    }
    return std::optional<SecretBuffer>();
  }

  std::string recipient() const override { return encode_bech32(k_recipient_prefix, m_point); }

 private:
  static base::Result<X25519Point> share_of(const Stanza& stanza) {
    const auto bytes = stanza.arguments.size() == 1 ? decode_base64(stanza.arguments.front()) : std::nullopt;
    if (!bytes || bytes->size() != k_x25519_bytes || stanza.body.size() != k_wrapped_file_key_bytes)
      return failed(Failure::header, "an X25519 stanza is malformed");
    X25519Point share;
    std::copy(bytes->begin(), bytes->end(), share.begin());
    return share;
  }

  base::Result<std::optional<SecretBuffer>> unwrap_one(const Stanza& stanza) const {
    VMCRED_TRY_ASSIGN(const X25519Point share, share_of(stanza));
    VMCRED_TRY_ASSIGN(const auto key, wrap_key(m_scalar.bytes(), share, share, m_point));
    if (!key) return failed(Failure::header, "an X25519 stanza's share is a point of low order");
    return open_file_key(key->bytes(), stanza.body);
  }

  SecretBuffer m_scalar;
  X25519Point m_point;
};

base::Error wrong_size(std::string_view what) {
  return {.kind = base::ErrorKind::config, .what = base::concat(what, " holds 32 bytes")};
}

}  // namespace

base::Result<std::unique_ptr<const Recipient>> parse_x25519_recipient(std::string_view text) {
  VMCRED_TRY_ASSIGN(const Bech32 key, decode_bech32(std::as_bytes(std::span(text))));
  if (key.prefix != k_recipient_prefix || key.data.size() != k_x25519_bytes)
    return wrong_size("a recipient begins with 'age1', all in lower case, and");
  X25519Point point;
  std::copy(key.data.bytes().begin(), key.data.bytes().end(), point.begin());
  return std::make_unique<const X25519Recipient>(point);
}

base::Result<std::unique_ptr<const Identity>> parse_x25519_identity(crypto::Bytes text) {
  VMCRED_TRY_ASSIGN(Bech32 key, decode_bech32(text));
  if (key.prefix != k_identity_prefix || key.data.size() != k_x25519_bytes)
    return wrong_size("a secret key begins with 'AGE-SECRET-KEY-1', all in upper case, and");
  return std::make_unique<const X25519Identity>(std::move(key.data));
}

base::Result<GeneratedIdentity> generate_identity() {
  VMCRED_TRY_ASSIGN(auto scalar, SecretBuffer::zeroed(k_x25519_bytes));
  VMCRED_TRY(secret::fill_random(scalar.writable_bytes()));
  VMCRED_TRY_ASSIGN(auto secret_key, encode_secret_bech32(k_identity_prefix, scalar.bytes()));
  return GeneratedIdentity{
      .secret_key = std::move(secret_key),
      .recipient = encode_bech32(k_recipient_prefix, crypto::x25519_public(scalar.bytes()))};
}

}  // namespace vmcred::age
