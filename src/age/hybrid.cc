// SPDX-License-Identifier: Apache-2.0
#include "age/hybrid.h"

#include "age/base64.h"
#include "age/bech32.h"
#include "age/failure.h"
#include "age/file_key.h"
#include "age/x_wing.h"
#include "base/text.h"
#include "crypto/hpke.h"
#include "crypto/ml_kem.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_stanza_type = "mlkem768x25519";
constexpr std::string_view k_info = "age-encryption.org/mlkem768x25519";
constexpr std::string_view k_recipient_prefix = "age1pq";
constexpr std::string_view k_identity_prefix = "AGE-SECRET-KEY-PQ-";
constexpr std::string_view k_label = "postquantum";

Result<void> check_ml_kem() {
  if (crypto::ml_kem_is_available()) return {};
  return base::Error{.kind = base::ErrorKind::host,
                     .what =
                         "post-quantum keys (age1pq1…, AGE-SECRET-KEY-PQ-1…) need OpenSSL 3.5 or later "
                         "(ML-KEM-768), and vmcred is built with an older one",
                     .hint = "use an X25519 key: 'vmcred age keygen' makes one"};
}

class HybridRecipient : public Recipient {
 public:
  explicit HybridRecipient(crypto::Bytes key) : m_key(key.begin(), key.end()) {}

  Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const override {
    VMCRED_TRY_ASSIGN(const auto encapsulation, x_wing_encapsulate(m_key));
    if (!encapsulation)
      return base::Error{.kind = base::ErrorKind::config,
                         .what = base::concat("recipient ", text(), ": this is nobody's public key")};
    VMCRED_TRY_ASSIGN(const auto key,
                      crypto::hpke_base_key(k_x_wing_hpke_number, encapsulation->shared.bytes(), k_info));
    std::vector<Stanza> stanzas(1);
    stanzas.front() = {.type = std::string(k_stanza_type),
                       .arguments = {encode_base64(encapsulation->ciphertext)},
                       .body = seal_file_key(key.key.bytes(), file_key, key.nonce)};
    return stanzas;
  }

  Result<std::set<std::string>> labels() const override { return std::set{std::string(k_label)}; }

  std::string text() const override { return encode_bech32(k_recipient_prefix, m_key); }

 private:
  std::vector<std::byte> m_key;
};

class HybridIdentity : public Identity {
 public:
  HybridIdentity(SecretBuffer seed, crypto::Bytes public_key)
      : m_seed(std::move(seed)), m_recipient(encode_bech32(k_recipient_prefix, public_key)) {}

  Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    for (const Stanza& stanza : stanzas)
      if (stanza.type == k_stanza_type) VMCRED_TRY(ciphertext_of(stanza));
    for (const Stanza& stanza : stanzas) {
      if (stanza.type != k_stanza_type) continue;
      VMCRED_TRY_ASSIGN(auto file_key, unwrap_one(stanza));
      if (file_key) return file_key;
    }
    return std::optional<SecretBuffer>();
  }

  std::string recipient() const override { return m_recipient; }

 private:
  static Result<std::vector<std::byte>> ciphertext_of(const Stanza& stanza) {
    auto bytes = stanza.arguments.size() == 1 ? decode_base64(stanza.arguments.front()) : std::nullopt;
    if (!bytes || bytes->size() != k_x_wing_ciphertext_bytes ||
        stanza.body.size() != k_wrapped_file_key_bytes)
      return failed(Failure::header, "an mlkem768x25519 stanza is malformed");
    return *std::move(bytes);
  }

  Result<std::optional<SecretBuffer>> unwrap_one(const Stanza& stanza) const {
    VMCRED_TRY_ASSIGN(const auto ciphertext, ciphertext_of(stanza));
    VMCRED_TRY_ASSIGN(const auto shared, x_wing_decapsulate(m_seed.bytes(), ciphertext));
    if (!shared) return failed(Failure::header, "an mlkem768x25519 stanza's share is a point of low order");
    VMCRED_TRY_ASSIGN(const auto key, crypto::hpke_base_key(k_x_wing_hpke_number, shared->bytes(), k_info));
    return open_file_key(key.key.bytes(), stanza.body, key.nonce);
  }

  SecretBuffer m_seed;
  std::string m_recipient;
};

base::Error wrong_size(std::string_view what) {
  return {.kind = base::ErrorKind::config, .what = std::string(what)};
}

}  // namespace

Result<std::unique_ptr<const Recipient>> parse_hybrid_recipient(std::string_view text) {
  VMCRED_TRY(check_ml_kem());
  VMCRED_TRY_ASSIGN(const Bech32 key, decode_bech32(std::as_bytes(std::span(text))));
  if (key.prefix != k_recipient_prefix || key.data.size() != k_x_wing_public_bytes)
    return wrong_size("a post-quantum recipient begins with 'age1pq1', and holds 1,216 bytes");
  return std::make_unique<const HybridRecipient>(key.data.bytes());
}

Result<std::unique_ptr<const Identity>> parse_hybrid_identity(crypto::Bytes text) {
  VMCRED_TRY(check_ml_kem());
  VMCRED_TRY_ASSIGN(Bech32 key, decode_bech32(text));
  if (key.prefix != k_identity_prefix || key.data.size() != k_x_wing_seed_bytes)
    return wrong_size("a post-quantum secret key begins with 'AGE-SECRET-KEY-PQ-1', and holds 32 bytes");
  VMCRED_TRY_ASSIGN(const auto public_key, x_wing_public(key.data.bytes()));
  return std::make_unique<const HybridIdentity>(std::move(key.data), public_key);
}

Result<GeneratedIdentity> generate_hybrid_identity() {
  VMCRED_TRY(check_ml_kem());
  VMCRED_TRY_ASSIGN(auto seed, SecretBuffer::zeroed(k_x_wing_seed_bytes));
  VMCRED_TRY(secret::fill_random(seed.writable_bytes()));
  VMCRED_TRY_ASSIGN(auto secret_key, encode_secret_bech32(k_identity_prefix, seed.bytes()));
  VMCRED_TRY_ASSIGN(const auto public_key, x_wing_public(seed.bytes()));
  return GeneratedIdentity{.secret_key = std::move(secret_key),
                           .recipient = encode_bech32(k_recipient_prefix, public_key)};
}

}  // namespace vmcred::age
