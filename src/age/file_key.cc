// SPDX-License-Identifier: Apache-2.0
#include "age/file_key.h"

#include "age/failure.h"
#include "age/recipient.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

constexpr std::size_t k_derived_key_bytes = 32;

base::Result<secret::SecretBuffer> derived_key(crypto::Bytes file_key, crypto::Bytes salt,
                                               std::string_view info) {
  VMCRED_TRY_ASSIGN(auto key, secret::SecretBuffer::zeroed(k_derived_key_bytes));
  crypto::hkdf_sha256(file_key, salt, info, key.writable_bytes());
  return key;
}

}  // namespace

base::Result<secret::SecretBuffer> new_file_key() {
  VMCRED_TRY_ASSIGN(auto file_key, secret::SecretBuffer::zeroed(k_file_key_bytes));
  VMCRED_TRY(secret::fill_random(file_key.writable_bytes()));
  return file_key;
}

std::vector<std::byte> seal_file_key(crypto::Bytes wrap_key, crypto::Bytes file_key, const WrapNonce& nonce) {
  std::vector<std::byte> body(file_key.size() + crypto::k_chacha20_poly1305_tag_bytes);
  crypto::chacha20_poly1305_seal(wrap_key, nonce, file_key, body);
  return body;
}

base::Result<std::optional<secret::SecretBuffer>> open_file_key(crypto::Bytes wrap_key, crypto::Bytes body,
                                                                const WrapNonce& nonce) {
  if (body.size() != k_wrapped_file_key_bytes)
    return failed(Failure::header, base::concat("a wrapped file key has ", base::byte_count(body.size()),
                                                " and not ", k_wrapped_file_key_bytes));
  VMCRED_TRY_ASSIGN(auto file_key, secret::SecretBuffer::zeroed(k_file_key_bytes));
  if (!crypto::chacha20_poly1305_open(wrap_key, nonce, body, file_key.writable_bytes()))
    return std::optional<secret::SecretBuffer>();
  return std::optional(std::move(file_key));
}

base::Result<crypto::Sha256Digest> header_mac(crypto::Bytes file_key, std::string_view header) {
  VMCRED_TRY_ASSIGN(const auto key, derived_key(file_key, {}, "header"));
  return crypto::hmac_sha256(key.bytes(), {std::as_bytes(std::span(header))});
}

base::Result<secret::SecretBuffer> payload_key(crypto::Bytes file_key, crypto::Bytes nonce) {
  return derived_key(file_key, nonce, "payload");
}

}  // namespace vmcred::age
