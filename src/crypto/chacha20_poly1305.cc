// SPDX-License-Identifier: Apache-2.0
#include "crypto/chacha20_poly1305.h"

#include <openssl/evp.h>
#include <sodium/crypto_aead_chacha20poly1305.h>
#include <sodium/utils.h>
#include <cassert>
#include <climits>

#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

void wipe(WritableBytes bytes) {
  if (!bytes.empty()) ::sodium_memzero(bytes.data(), bytes.size());
}

// Looked up once: that takes longer than a short message.
const EVP_CIPHER* chacha20() {
  use_openssl();
  static const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  require(cipher != nullptr);
  return cipher;
}

}  // namespace

void chacha20_poly1305_seal(Bytes key, Bytes nonce, Bytes plaintext, WritableBytes sealed) {
  assert(key.size() == k_chacha20_poly1305_key_bytes && nonce.size() == k_chacha20_poly1305_nonce_bytes);
  assert(sealed.size() == plaintext.size() + k_chacha20_poly1305_tag_bytes);
  use_sodium();
  crypto_aead_chacha20poly1305_ietf_encrypt(octets(sealed), nullptr, octets(plaintext), plaintext.size(),
                                            nullptr, 0, nullptr, octets(nonce), octets(key));
}

bool chacha20_poly1305_open(Bytes key, Bytes nonce, Bytes sealed, WritableBytes plaintext) {
  assert(key.size() == k_chacha20_poly1305_key_bytes && nonce.size() == k_chacha20_poly1305_nonce_bytes);
  assert(sealed.size() == plaintext.size() + k_chacha20_poly1305_tag_bytes);
  use_sodium();
  const bool right =
      crypto_aead_chacha20poly1305_ietf_decrypt(octets(plaintext), nullptr, nullptr, octets(sealed),
                                                sealed.size(), nullptr, 0, octets(nonce), octets(key)) == 0;
  if (!right) wipe(plaintext);
  return right;
}

// The library wipes the context when it frees it.
struct ChaCha20Poly1305::State {
  OpensslPointer<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context{EVP_CIPHER_CTX_new()};
};

ChaCha20Poly1305::ChaCha20Poly1305(Bytes key) : m_state(std::make_unique<State>()) {
  assert(key.size() == k_chacha20_poly1305_key_bytes);
  require(m_state->context != nullptr &&
          EVP_EncryptInit_ex2(m_state->context.get(), chacha20(), octets(key), nullptr, nullptr) == 1);
}

ChaCha20Poly1305::ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept = default;
ChaCha20Poly1305& ChaCha20Poly1305::operator=(ChaCha20Poly1305&&) noexcept = default;
ChaCha20Poly1305::~ChaCha20Poly1305() = default;

void ChaCha20Poly1305::seal(Bytes nonce, Bytes plaintext, WritableBytes sealed) {
  assert(nonce.size() == k_chacha20_poly1305_nonce_bytes && plaintext.size() <= INT_MAX);
  assert(sealed.size() == plaintext.size() + k_chacha20_poly1305_tag_bytes);
  EVP_CIPHER_CTX* context = m_state->context.get();
  int size = 0;
  require(EVP_EncryptInit_ex2(context, nullptr, nullptr, octets(nonce), nullptr) == 1);
  if (!plaintext.empty())
    require(EVP_EncryptUpdate(context, octets(sealed), &size, octets(plaintext),
                              static_cast<int>(plaintext.size())) == 1);
  unsigned char* tag = octets(sealed.subspan(plaintext.size()));
  require(EVP_EncryptFinal_ex(context, tag, &size) == 1 &&
          EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, k_chacha20_poly1305_tag_bytes, tag) == 1);
}

bool ChaCha20Poly1305::open(Bytes nonce, Bytes sealed, WritableBytes plaintext) {
  assert(nonce.size() == k_chacha20_poly1305_nonce_bytes && plaintext.size() <= INT_MAX);
  assert(sealed.size() == plaintext.size() + k_chacha20_poly1305_tag_bytes);
  EVP_CIPHER_CTX* context = m_state->context.get();
  int size = 0;
  // The library takes a copy of the tag, but not as const.
  void* tag = const_cast<std::byte*>(sealed.last(k_chacha20_poly1305_tag_bytes).data());
  require(EVP_DecryptInit_ex2(context, nullptr, nullptr, octets(nonce), nullptr) == 1 &&
          EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, k_chacha20_poly1305_tag_bytes, tag) == 1);
  if (!plaintext.empty())
    require(EVP_DecryptUpdate(context, octets(plaintext), &size, octets(sealed),
                              static_cast<int>(plaintext.size())) == 1);
  unsigned char rest[k_chacha20_poly1305_tag_bytes];
  const bool right = EVP_DecryptFinal_ex(context, rest, &size) == 1;
  if (!right) wipe(plaintext);
  return right;
}

}  // namespace vmcred::crypto
