// SPDX-License-Identifier: Apache-2.0
#include "crypto/aes_gcm.h"

#include <openssl/evp.h>
#include <sodium/utils.h>
#include <cassert>
#include <climits>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_max_nonce_bytes = 128;  // libcrypto's limit

// Looked up once: that takes longer than a message of SOPS.
const EVP_CIPHER* aes_256_gcm() {
  use_openssl();
  static const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require(cipher != nullptr);
  return cipher;
}

base::Error library_error(const char* what) { return {.kind = base::ErrorKind::host, .what = what}; }

}  // namespace

// The library wipes the context when it frees it.
struct Aes256Gcm::State {
  // Begins a message, its nonce and associated data taken in. `encrypting`: 1 or 0.
  bool begin(int encrypting, Bytes nonce, Bytes associated_data) {
    if (nonce.empty() || nonce.size() > k_max_nonce_bytes) return false;
    // The length has to be known before the nonce.
    if (nonce.size() != nonce_bytes && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN,
                                                           static_cast<int>(nonce.size()), nullptr) != 1)
      return false;
    nonce_bytes = nonce.size();
    return EVP_CipherInit_ex2(context.get(), nullptr, nullptr, octets(nonce), encrypting, nullptr) == 1 &&
           update(associated_data, nullptr);
  }

  bool update(Bytes in, unsigned char* out) {
    int size = 0;
    return in.empty() ||
           EVP_CipherUpdate(context.get(), out, &size, octets(in), static_cast<int>(in.size())) == 1;
  }

  bool finish() {
    unsigned char none[k_aes_gcm_tag_bytes];
    int size = 0;
    return EVP_CipherFinal_ex(context.get(), none, &size) == 1;
  }

  OpensslPointer<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context{EVP_CIPHER_CTX_new()};
  std::size_t nonce_bytes = 0;
};

Aes256Gcm::Aes256Gcm(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Aes256Gcm::Aes256Gcm(Aes256Gcm&&) noexcept = default;
Aes256Gcm& Aes256Gcm::operator=(Aes256Gcm&&) noexcept = default;
Aes256Gcm::~Aes256Gcm() = default;

base::Result<Aes256Gcm> Aes256Gcm::with_key(Bytes key) {
  assert(key.size() == k_key_bytes);
  auto state = std::make_unique<State>();
  if (state->context == nullptr ||
      EVP_EncryptInit_ex2(state->context.get(), aes_256_gcm(), octets(key), nullptr, nullptr) != 1)
    return library_error("can't set up AES-256-GCM");
  return Aes256Gcm(std::move(state));
}

base::Result<void> Aes256Gcm::encrypt(Bytes nonce, Bytes associated_data, Bytes plaintext,
                                      WritableBytes ciphertext, WritableBytes tag) {
  assert(ciphertext.size() == plaintext.size() && tag.size() == k_aes_gcm_tag_bytes);
  if (plaintext.size() > INT_MAX || associated_data.size() > INT_MAX)
    return library_error("AES-256-GCM takes messages of up to 2 GiB");
  if (!m_state->begin(1, nonce, associated_data) || !m_state->update(plaintext, octets(ciphertext)) ||
      !m_state->finish() ||
      EVP_CIPHER_CTX_ctrl(m_state->context.get(), EVP_CTRL_AEAD_GET_TAG, k_aes_gcm_tag_bytes, tag.data()) !=
          1)
    return library_error("AES-256-GCM encryption failed: is the nonce empty, or longer than 128 bytes?");
  return {};
}

bool Aes256Gcm::decrypt(Bytes nonce, Bytes associated_data, Bytes ciphertext, Bytes tag,
                        WritableBytes plaintext) {
  assert(plaintext.size() == ciphertext.size());
  // The library takes a copy of the tag, but not as const.
  const bool right = tag.size() == k_aes_gcm_tag_bytes && ciphertext.size() <= INT_MAX &&
                     associated_data.size() <= INT_MAX && m_state->begin(0, nonce, associated_data) &&
                     m_state->update(ciphertext, octets(plaintext)) &&
                     EVP_CIPHER_CTX_ctrl(m_state->context.get(), EVP_CTRL_AEAD_SET_TAG, k_aes_gcm_tag_bytes,
                                         const_cast<std::byte*>(tag.data())) == 1 &&
                     m_state->finish();
  if (!right && !plaintext.empty()) ::sodium_memzero(plaintext.data(), plaintext.size());
  return right;
}

}  // namespace vmcred::crypto
