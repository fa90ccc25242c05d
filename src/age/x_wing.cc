// SPDX-License-Identifier: Apache-2.0
#include "age/x_wing.h"

#include <algorithm>
#include <string_view>

#include "crypto/ml_kem.h"
#include "crypto/sha3.h"
#include "crypto/x25519.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using base::Result;
using crypto::Bytes;
using crypto::k_ml_kem_ciphertext_bytes;
using crypto::k_ml_kem_public_bytes;
using crypto::k_ml_kem_seed_bytes;
using crypto::k_x25519_bytes;
using crypto::X25519Point;
using secret::SecretBuffer;

static_assert(k_x_wing_public_bytes == k_ml_kem_public_bytes + k_x25519_bytes);
static_assert(k_x_wing_ciphertext_bytes == k_ml_kem_ciphertext_bytes + k_x25519_bytes);

constexpr std::string_view k_label = "\\.//^\\";

// Both private keys: the seed of ML-KEM's, and the scalar.
class PrivateKeys {
 public:
  static Result<PrivateKeys> of_seed(Bytes seed) {
    VMCRED_TRY_ASSIGN(auto bytes, SecretBuffer::zeroed(k_ml_kem_seed_bytes + k_x25519_bytes));
    crypto::shake256({seed}, bytes.writable_bytes());
    return PrivateKeys(std::move(bytes));
  }

  Bytes ml_kem_seed() const { return m_bytes.bytes().first(k_ml_kem_seed_bytes); }
  Bytes scalar() const { return m_bytes.bytes().subspan(k_ml_kem_seed_bytes); }

 private:
  explicit PrivateKeys(SecretBuffer bytes) : m_bytes(std::move(bytes)) {}
  SecretBuffer m_bytes;
};

// The shared secrets of both halves; each side fills them.
struct Halves {
  SecretBuffer ml_kem;
  SecretBuffer x25519;

  static Result<Halves> empty() {
    VMCRED_TRY_ASSIGN(auto ml_kem, SecretBuffer::zeroed(crypto::k_ml_kem_shared_bytes));
    VMCRED_TRY_ASSIGN(auto x25519, SecretBuffer::zeroed(k_x25519_bytes));
    return Halves{.ml_kem = std::move(ml_kem), .x25519 = std::move(x25519)};
  }

  Result<SecretBuffer> combined(Bytes share, Bytes point) const {
    VMCRED_TRY_ASSIGN(auto shared, SecretBuffer::zeroed(crypto::k_sha3_256_bytes));
    crypto::sha3_256({ml_kem.bytes(), x25519.bytes(), share, point, std::as_bytes(std::span(k_label))},
                     shared.writable_bytes());
    return shared;
  }
};

}  // namespace

Result<std::vector<std::byte>> x_wing_public(Bytes seed) {
  VMCRED_TRY_ASSIGN(const auto keys, PrivateKeys::of_seed(seed));
  const auto ml_kem = crypto::ml_kem_public(keys.ml_kem_seed());
  const X25519Point point = crypto::x25519_public(keys.scalar());
  std::vector<std::byte> public_key(k_x_wing_public_bytes);
  std::ranges::copy(point, std::ranges::copy(ml_kem, public_key.begin()).out);
  return public_key;
}

Result<std::optional<XWingEncapsulation>> x_wing_encapsulate(Bytes public_key) {
  const Bytes point = public_key.subspan(k_ml_kem_public_bytes);
  VMCRED_TRY_ASSIGN(auto ephemeral, SecretBuffer::zeroed(k_x25519_bytes));
  VMCRED_TRY(secret::fill_random(ephemeral.writable_bytes()));
  const X25519Point share = crypto::x25519_public(ephemeral.bytes());
  VMCRED_TRY_ASSIGN(auto halves, Halves::empty());
  std::vector<std::byte> ciphertext(k_x_wing_ciphertext_bytes);
  std::ranges::copy(share, ciphertext.begin() + k_ml_kem_ciphertext_bytes);
  if (!crypto::x25519(ephemeral.bytes(), point, halves.x25519.writable_bytes()) ||
      !crypto::ml_kem_encapsulate(public_key.first(k_ml_kem_public_bytes),
                                  std::span(ciphertext).first(k_ml_kem_ciphertext_bytes),
                                  halves.ml_kem.writable_bytes()))
    return std::optional<XWingEncapsulation>();
  VMCRED_TRY_ASSIGN(auto shared, halves.combined(share, point));
  return std::optional(XWingEncapsulation{.ciphertext = std::move(ciphertext), .shared = std::move(shared)});
}

Result<std::optional<SecretBuffer>> x_wing_decapsulate(Bytes seed, Bytes ciphertext) {
  const Bytes share = ciphertext.subspan(k_ml_kem_ciphertext_bytes);
  VMCRED_TRY_ASSIGN(const auto keys, PrivateKeys::of_seed(seed));
  VMCRED_TRY_ASSIGN(auto halves, Halves::empty());
  if (!crypto::x25519(keys.scalar(), share, halves.x25519.writable_bytes()))
    return std::optional<SecretBuffer>();
  crypto::ml_kem_decapsulate(keys.ml_kem_seed(), ciphertext.first(k_ml_kem_ciphertext_bytes),
                             halves.ml_kem.writable_bytes());
  VMCRED_TRY_ASSIGN(auto shared, halves.combined(share, crypto::x25519_public(keys.scalar())));
  return std::optional(std::move(shared));
}

}  // namespace vmcred::age
