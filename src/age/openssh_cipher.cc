// SPDX-License-Identifier: Apache-2.0
#include "age/openssh_cipher.h"

#include <openssl/evp.h>
#include <algorithm>
#include <array>

#include "crypto/bcrypt_pbkdf.h"
#include "crypto/library.h"
#include "crypto/octets.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::age {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::array k_ciphers = {
    OpensshCipher{"aes256-ctr", "AES-256-CTR", 32}, OpensshCipher{"aes256-cbc", "AES-256-CBC", 32},
    OpensshCipher{"aes192-ctr", "AES-192-CTR", 24}, OpensshCipher{"aes192-cbc", "AES-192-CBC", 24},
    OpensshCipher{"aes128-ctr", "AES-128-CTR", 16}, OpensshCipher{"aes128-cbc", "AES-128-CBC", 16},
};

}  // namespace

const OpensshCipher* find_openssh_cipher(std::string_view name) {
  const auto found =
      std::find_if(k_ciphers.begin(), k_ciphers.end(), [&](const auto& c) { return c.name == name; });
  return found == k_ciphers.end() ? nullptr : &*found;
}

Result<SecretBuffer> decrypt_openssh_section(const OpensshCipher& cipher, const OpensshKdf& kdf,
                                             crypto::Bytes passphrase, crypto::Bytes section) {
  crypto::use_openssl();
  VMCRED_TRY_ASSIGN(auto key, SecretBuffer::zeroed(cipher.key_bytes + k_aes_block_bytes));
  VMCRED_TRY(crypto::bcrypt_pbkdf(passphrase, kdf.salt, kdf.rounds, key.writable_bytes()));
  VMCRED_TRY_ASSIGN(auto plaintext, SecretBuffer::zeroed(section.size()));

  const crypto::OpensslPointer<EVP_CIPHER, EVP_CIPHER_free> algorithm(
      EVP_CIPHER_fetch(nullptr, cipher.library_name, nullptr));
  const crypto::OpensslPointer<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  const auto* start = crypto::octets(key.bytes().subspan(cipher.key_bytes));
  int size = 0;
  if (algorithm == nullptr || context == nullptr ||
      EVP_DecryptInit_ex2(context.get(), algorithm.get(), crypto::octets(key.bytes()), start, nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_DecryptUpdate(context.get(), crypto::octets(plaintext.writable_bytes()), &size,
                        crypto::octets(section), static_cast<int>(section.size())) != 1 ||
      static_cast<std::size_t>(size) != section.size())
    return base::Error{.kind = base::ErrorKind::host, .what = "can't decrypt with AES"};
  return plaintext;
}

}  // namespace vmcred::age
