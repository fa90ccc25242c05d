// SPDX-License-Identifier: Apache-2.0
#include "crypto/hpke.h"

#include <sodium/utils.h>
#include <algorithm>
#include <cassert>

#include "crypto/hmac.h"

namespace vmcred::crypto {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_version = "HPKE-v1";
constexpr std::byte k_base_mode{0};

// "HPKE" and the numbers of the encapsulation, of HKDF-SHA256 and of ChaCha20-Poly1305.
using Suite = std::array<std::byte, 10>;
Suite suite_of(std::uint16_t kem) {
  return {std::byte{'H'},
          std::byte{'P'},
          std::byte{'K'},
          std::byte{'E'},
          static_cast<std::byte>(kem >> 8U),
          static_cast<std::byte>(kem & 0xffU),
          std::byte{0},
          std::byte{1},
          std::byte{0},
          std::byte{3}};
}

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// RFC 9180, section 4, LabeledExtract: HKDF's first half.
Sha256Digest extract(const Suite& suite, Bytes salt, std::string_view label, Bytes material) {
  return hmac_sha256(salt, {bytes_of(k_version), suite, bytes_of(label), material});
}

// The same section's LabeledExpand: HKDF's second half, of which no key here needs more than the first block.
void expand(const Suite& suite, Bytes pseudorandom_key, std::string_view label, Bytes context,
            WritableBytes key) {
  assert(key.size() <= sizeof(Sha256Digest));
  const std::array size{std::byte{0}, static_cast<std::byte>(key.size())};
  const std::array block_number{std::byte{1}};
  Sha256Digest block = hmac_sha256(
      pseudorandom_key, {size, bytes_of(k_version), suite, bytes_of(label), context, block_number});
  std::copy_n(block.begin(), key.size(), key.begin());
  ::sodium_memzero(block.data(), block.size());
}

}  // namespace

Result<HpkeKey> hpke_base_key(std::uint16_t kem, Bytes shared, std::string_view info) {
  VMCRED_TRY_ASSIGN(auto key, SecretBuffer::zeroed(k_chacha20_poly1305_key_bytes));
  HpkeKey result{.key = std::move(key), .nonce = {}};
  const Suite suite = suite_of(kem);
  std::array<std::byte, 1 + 2 * sizeof(Sha256Digest)> context{k_base_mode};
  const Sha256Digest psk_id_hash = extract(suite, {}, "psk_id_hash", {});
  const Sha256Digest info_hash = extract(suite, {}, "info_hash", bytes_of(info));
  std::ranges::copy(info_hash, std::ranges::copy(psk_id_hash, context.begin() + 1).out);
  Sha256Digest pseudorandom_key = extract(suite, shared, "secret", {});
  expand(suite, pseudorandom_key, "key", context, result.key.writable_bytes());
  expand(suite, pseudorandom_key, "base_nonce", context, result.nonce);
  ::sodium_memzero(pseudorandom_key.data(), pseudorandom_key.size());
  return result;
}

}  // namespace vmcred::crypto
